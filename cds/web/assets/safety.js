// Who chooses a day of the form means the period between the days.
"use strict";

for (const name of ["from", "to"]) {
  document.getElementById(name).addEventListener("change", () => {
    document.getElementById("period").value = "dates";
  });
}
