//! Handlebars templates plus values to text. Pure.
