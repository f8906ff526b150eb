"use strict";
// Each option's value is the query string of the list that it filters.
for (const form of document.querySelectorAll(".select-filter")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    window.location.assign(form.querySelector("select").value);
  });
}
