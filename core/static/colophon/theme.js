"use strict";
// Applies the theme that was chosen on another page, or the only one of this page. The admin has a theme "auto".
const root = document.documentElement;
const theme = document.currentScript.dataset.theme ?? localStorage.getItem("theme");
if (theme === "light" || theme === "dark") root.dataset.theme = theme;
const isDark = root.dataset.theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
root.classList.toggle("dark-mode", isDark); // Swagger UI's name of its dark theme
