//! The program as people and scripts run it, on workspaces that are made for the purpose.

mod baseline;
mod configuration;
mod corrections;
mod editor;
mod reference;
mod run;
mod silence;
mod support;
mod ui;
mod watching;
