//! Which features are on, as cargo would have them in a build of the selected packages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cargo_metadata::{DependencyKind, Metadata, Package};

/// What was chosen of features.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// These, by name or as `package/name`.
    pub names: Vec<String>,
    /// All that the selected packages have.
    pub all: bool,
    /// Not those that are on by default.
    pub without_default: bool,
}

/// The features of a crate that are on; none if code is read whatever features it needs.
pub(super) type Known = Option<Arc<BTreeSet<String>>>;

/// The features of each package of a workspace that are on.
pub(super) type Features = BTreeMap<String, BTreeSet<String>>;

/// Follows what features and dependencies turn on, until nothing new comes.
pub(super) fn resolve(metadata: &Metadata, selected: &[&Package], chosen: &Chosen, tests: bool) -> Features {
    let members = metadata.workspace_packages();
    let mut all = Resolver { members: &members, tests, on: Features::new(), used: BTreeSet::new() };
    for package in selected {
        let first = if chosen.without_default { None } else { Some("default".to_owned()) };
        let every = package.features.keys().filter(|_| chosen.all).cloned();
        let named = chosen.names.iter().map(|name| match name.split_once('/') {
            Some((of, feature)) if *package.name == of => feature.to_owned(),
            _ => name.clone(),
        });
        let wanted: Vec<String> = first.into_iter().chain(every).chain(named).collect();
        all.turn_on(package, &wanted);
    }
    while all.step() {}
    all.on
}

struct Resolver<'m> {
    members: &'m [&'m Package],
    tests: bool,
    on: Features,
    /// Optional dependencies that are used, by package and name.
    used: BTreeSet<(String, String)>,
}

impl<'m> Resolver<'m> {
    /// Turns on what a package has of these, or hands on to its dependencies.
    fn turn_on(&mut self, package: &'m Package, features: &[String]) {
        let name = package.name.to_string();
        let known = |feature: &&String| feature.contains('/') || package.features.contains_key(*feature);
        self.on.entry(name).or_default().extend(features.iter().filter(known).cloned());
    }

    /// Says whether anything new came.
    fn step(&mut self) -> bool {
        let before = (self.on.clone(), self.used.len());
        let members = self.members;
        for &package in members {
            let Some(on) = self.on.get(&*package.name).cloned() else { continue };
            let values = on.iter().flat_map(|feature| match package.features.get(feature) {
                Some(values) => values.clone(),
                None => vec![feature.clone()],
            });
            for value in values.collect::<Vec<_>>() {
                self.value(package, &value);
            }
            for dependency in &package.dependencies {
                let name = dependency.rename.as_ref().unwrap_or(&dependency.name);
                let used = self.used.contains(&(package.name.to_string(), name.clone()));
                if (used || !dependency.optional)
                    && (self.tests || dependency.kind != DependencyKind::Development)
                {
                    let default = dependency.uses_default_features.then(|| "default".to_owned());
                    let wanted: Vec<String> = dependency.features.iter().cloned().chain(default).collect();
                    self.hand_on(package, name, &wanted);
                }
            }
        }
        before != (self.on.clone(), self.used.len())
    }

    /// What a feature stands for: another one, `dep:x`, `x/feature`, or `x?/feature` if `x` is used anyway.
    fn value(&mut self, package: &'m Package, value: &str) {
        let owner = package.name.to_string();
        if let Some(dependency) = value.strip_prefix("dep:") {
            self.used.insert((owner, dependency.to_owned()));
        } else if let Some((dependency, feature)) = value.split_once('/') {
            let dependency = match dependency.strip_suffix('?') {
                Some(weak) => weak,
                None => {
                    self.used.insert((owner.clone(), dependency.to_owned()));
                    dependency
                }
            };
            let optional = package.dependencies.iter().any(|it| it.optional && is_called(it, dependency));
            if !optional || self.used.contains(&(owner, dependency.to_owned())) {
                self.hand_on(package, dependency, &[feature.to_owned()]);
            }
        } else {
            self.turn_on(package, &[value.to_owned()]);
        }
    }

    /// Turns on features of a dependency, if it is a package of the workspace.
    fn hand_on(&mut self, package: &'m Package, dependency: &str, features: &[String]) {
        let named = package.dependencies.iter().find(|it| is_called(it, dependency) && it.path.is_some());
        let member = named.and_then(|it| self.members.iter().find(|member| *member.name == it.name));
        if let Some(member) = member.copied() {
            self.turn_on(member, features);
        }
    }
}

fn is_called(dependency: &cargo_metadata::Dependency, name: &str) -> bool {
    dependency.rename.as_deref().unwrap_or(&dependency.name) == name
}
