/* The innermost loops of the audio engine, for machines with a C compiler. Each has a twin in Python beside its caller, and
 * tests hold the two to each other. Nothing here allocates, waits or keeps anything. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "loops.h"

enum { HEADER_BYTES = 12, SSRC = 8, MARKER = 0x80 };
enum { VERSION = 0x80, SENDER_REPORT = 200, REPORT_BYTES = 28 }; /* RFC 3550, section 6.4.1 */

static void write_32(uint8_t *to, uint32_t number)
{
    to[0] = (uint8_t)(number >> 24);
    to[1] = (uint8_t)(number >> 16);
    to[2] = (uint8_t)(number >> 8);
    to[3] = (uint8_t)number;
}

static void patch_header(uint8_t *packet, uint8_t payload_type, uint16_t sequence, uint32_t timestamp)
{
    packet[1] = payload_type;
    packet[2] = (uint8_t)(sequence >> 8);
    packet[3] = (uint8_t)sequence;
    write_32(packet + 4, timestamp);
}

/* Write and protect one RTP packet of this payload in each of `count` slots from `first` on. The length of each is that of its
 * vector then: 0 where libsrtp refused. Returns how many it refused. */
int32_t protect_slots(const struct slots *slots, int32_t first, int32_t count, const uint8_t *payload,
                      int32_t payload_bytes, uint32_t timestamp, int32_t marker)
{
    int32_t refused = 0;
    for (int32_t slot = first; slot < first + count; slot++) {
        uint8_t *packet = slots->arena + (size_t)slot * slots->slot_bytes;
        int length = HEADER_BYTES + payload_bytes;
        patch_header(packet, slots->payload_types[slot] | (marker ? MARKER : 0), slots->sequences[slot]++, timestamp);
        memcpy(packet + HEADER_BYTES, payload, (size_t)payload_bytes);
        slots->packets[slot]++;
        slots->octets[slot] += payload_bytes;
        if (slots->protect(slots->sessions[slot], packet, &length) != 0) {
            length = 0;
            refused++;
        }
        slots->vectors[2 * slot + 1] = (size_t)length;
    }
    return refused;
}

/* Write and protect a slot's sender report and the source description behind it. `report` has room for both and for what SRTCP
 * adds. Returns its length, 0 where libsrtp refused. */
int32_t report_slot(const struct slots *slots, int32_t slot, uint64_t ntp, uint32_t timestamp,
                    const uint8_t *description, int32_t description_bytes, uint8_t *report)
{
    int length = REPORT_BYTES + description_bytes;
    write_32(report, (uint32_t)VERSION << 24 | SENDER_REPORT << 16 | (REPORT_BYTES / 4 - 1));
    memcpy(report + 4, slots->arena + (size_t)slot * slots->slot_bytes + SSRC, 4);
    write_32(report + 8, (uint32_t)(ntp >> 32));
    write_32(report + 12, (uint32_t)ntp);
    write_32(report + 16, timestamp);
    write_32(report + 20, (uint32_t)slots->packets[slot]);
    write_32(report + 24, (uint32_t)slots->octets[slot]);
    memcpy(report + REPORT_BYTES, description, (size_t)description_bytes);
    return slots->protect_report(slots->sessions[slot], report, &length) == 0 ? length : 0;
}

static inline double pass(struct section *section, double signal)
{
    double filtered = section->b0 * signal + section->first;
    section->first = section->b1 * signal - section->a1 * filtered + section->second;
    section->second = section->b2 * signal - section->a2 * filtered;
    return filtered;
}

/* Run a sound through four sections one after another; `tapped` gets what it is after the first two. */
struct powers filter_sound(struct section sections[4], const float *sound, int32_t samples, float *tapped)
{
    struct section first = sections[0], second = sections[1], third = sections[2], fourth = sections[3];
    double tapped_squares = 0.0, last_squares = 0.0;
    for (int32_t at = 0; at < samples; at++) {
        double signal = pass(&second, pass(&first, sound[at]));
        tapped[at] = (float)signal;
        tapped_squares += signal * signal;
        signal = pass(&fourth, pass(&third, signal));
        last_squares += signal * signal;
    }
    sections[0] = first, sections[1] = second, sections[2] = third, sections[3] = fourth;
    return (struct powers){tapped_squares / samples, last_squares / samples};
}
