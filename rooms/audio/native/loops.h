/* What loops.c offers. cffi reads this file too: declarations only. */

/* The slots of one audience (transport/fanout.py): arrays of one element a slot. */
struct slots {
    int (*protect)(void *session, void *packet, int *length); /* srtp_protect */
    int (*protect_report)(void *session, void *packet, int *length); /* srtp_protect_rtcp */
    void **sessions;
    uint8_t *arena; /* of slots of `slot_bytes`, each with an RTP header already */
    size_t slot_bytes;
    size_t *vectors; /* struct iovec: base, length */
    const uint8_t *payload_types;
    uint16_t *sequences;
    int64_t *packets;
    int64_t *octets;
};

int32_t protect_slots(const struct slots *slots, int32_t first, int32_t count, const uint8_t *payload,
                      int32_t payload_bytes, uint32_t timestamp, int32_t marker);

int32_t report_slot(const struct slots *slots, int32_t slot, uint64_t ntp, uint32_t timestamp,
                    const uint8_t *description, int32_t description_bytes, uint8_t *report);

/* One second-order section in transposed direct form II, a0 = 1. */
struct section {
    double b0, b1, b2, a1, a2;
    double first, second; /* what it remembers */
};

/* The mean squares of a filtered sound: after two sections, and after four. */
struct powers {
    double tapped, last;
};

struct powers filter_sound(struct section sections[4], const float *sound, int32_t samples, float *tapped);
