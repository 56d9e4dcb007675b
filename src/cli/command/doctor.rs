//! `doctor`: is everything there that the live clouds ask for?
