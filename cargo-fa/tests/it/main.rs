//! The program as people and scripts run it, on workspaces that are made for the purpose.

mod baseline;
mod caching;
mod configuration;
mod corrections;
mod drafts;
mod edited;
mod editor;
mod features;
mod mutated;
mod programs;
mod recipes;
mod reference;
mod run;
mod serving;
mod silence;
mod support;
mod ui;
mod watching;
