"use strict";
// The token stands behind the #, which is sent to nobody. It goes into the form, and out of the address first.
(() => {
  const form = document.querySelector("form[data-sign-in]");
  const token = location.hash.slice(1);
  if (form && token) {
    history.replaceState(null, "", location.pathname + location.search);
    form.elements.token.value = token;
    form.requestSubmit();
    return;
  }
  // Who followed a link from elsewhere came without their cookie (SameSite=Strict); from here it is sent.
  const asked = new URLSearchParams(location.search);
  if (asked.has("to") && !asked.has("again")) {
    asked.set("again", "1");
    location.replace(location.pathname + "?" + asked);
  }
})();
