// For browsers that are too old to read our modules: written so that those do read it. They are told so, and buttons that
// would do nothing are taken away.

(function () {
  var readsModules = "noModule" in document.createElement("script");
  // The youngest things that everybody who is in a room uses: what our modules are written in is older.
  var isYoung = "at" in Array.prototype && "HTMLDialogElement" in window;
  var main = document.getElementById("main");
  var notice = document.getElementById("unsupported");
  if ((readsModules && isYoung) || !main || !notice) return;
  var parts = main.querySelectorAll(".needs-script");
  for (var i = 0; i < parts.length; i += 1) parts.item(i).setAttribute("hidden", "");
  notice.removeAttribute("hidden");
})();
