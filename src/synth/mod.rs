//! The simulator: draws documents, shows them on screens or prints them, and photographs them.
//!
//! It feeds the training, the shipped samples and the tests, and is not part of the window.
//! Everything follows from a seed. The same seed gives the same bytes on every machine and with
//! any number of threads: chance comes from [`rng`] alone, one stream per picture and row;
//! [`math`] replaces the platform's transcendental functions; all sums have a fixed order. The one
//! part that is not ours is the JPEG decoder, where a picture goes through a JPEG on its way: its
//! vector code is meant to round as its plain code does.
//!
//! Light is linear from the drawing to the sensor. It must not know what a check does with a
//! picture, and it never reads one of the project's models.

pub mod camera;
pub mod content;
pub mod degrade;
pub mod document;
pub mod edit;
pub mod expose;
pub mod face;
pub mod glyphs;
pub mod guilloche;
pub mod layout;
pub mod light;
pub mod math;
pub mod patches;
pub mod plan;
pub mod print;
pub mod raster;
pub mod rng;
pub mod samples;
pub mod scenes;
pub mod screen;
pub mod splat;
pub mod stage;
pub mod surface;
pub mod swap;
pub mod view;
