//! V8's sampling heap profile, which Chrome's and VS Code's own viewers open.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::events::Location;
use crate::snapshot::Snapshot;

/// A snapshot as the text of a `.heapprofile`: a flame graph by tag path.
///
/// With [call sites](Snapshot::call_sites) in the snapshot, of all bytes since the recording began, down to the lines
/// that ask for them, which viewers link to. What was allocated under no tag stands at the root.
///
/// Else of the frame bytes of the last finished frames: what was allocated under a tag and none of its sub-tags is the tag's own size; frame bytes under no tag stand under
/// `(untagged)`. Tools that show functions show tags.
///
/// # Examples
///
/// ```
/// use framealloc_snapshot::{Snapshot, TagSnapshot, heap_profile};
///
/// let mut tag = TagSnapshot::new("physics/contacts");
/// (tag.bytes, tag.own_bytes) = (64, 64);
/// let profile = heap_profile(&Snapshot::new(1).with_tag(tag));
/// assert!(profile.starts_with(r#"{"head":{"callFrame":{"functionName":"(root)""#));
/// assert!(profile.contains(r#""functionName":"contacts""#));
/// ```
#[must_use]
pub fn heap_profile(snapshot: &Snapshot) -> String {
    let mut nodes = vec![Node::new("(root)")];
    let mut known = HashMap::new();
    if let Some(sites) = snapshot.call_sites.as_deref().filter(|sites| !sites.is_empty()) {
        for site in sites {
            let parent = site.tag.as_deref().map_or(0, |path| node_of(&mut nodes, &mut known, path));
            let child = nodes.len();
            nodes[parent].children.push(child);
            nodes.push(Node {
                name: format!("{} ({})", site.type_name.as_deref().unwrap_or("memory"), site.kind).into(),
                own: site.bytes,
                at: Some(&site.location),
                children: Vec::new(),
            });
        }
        return write(&nodes);
    }
    for tag in &snapshot.tags {
        let node = node_of(&mut nodes, &mut known, &tag.path);
        nodes[node].own += tag.own_bytes;
    }
    let tagged: u64 = snapshot.tags.iter().map(|tag| tag.own_bytes).sum();
    let untagged = snapshot.summary.frame_bytes.saturating_sub(tagged);
    if untagged != 0 {
        let index = nodes.len();
        nodes[0].children.push(index);
        nodes.push(Node { own: untagged, ..Node::new("(untagged)") });
    }
    write(&nodes)
}

struct Node<'a> {
    name: Cow<'a, str>,
    own: u64,
    at: Option<&'a Location>,
    children: Vec<usize>,
}

impl<'a> Node<'a> {
    fn new(name: &'a str) -> Self {
        Self { name: name.into(), own: 0, at: None, children: Vec::new() }
    }
}

/// The node of a path, made with those above it if there is none.
fn node_of<'a>(
    nodes: &mut Vec<Node<'a>>,
    known: &mut HashMap<(usize, &'a str), usize>,
    path: &'a str,
) -> usize {
    path.split('/').fold(0, |parent, name| {
        let next = nodes.len();
        let node = *known.entry((parent, name)).or_insert(next);
        if node == next {
            nodes.push(Node::new(name));
            nodes[parent].children.push(node);
        }
        node
    })
}

/// Without recursion: tags may nest deeper than the stack.
fn write(nodes: &[Node<'_>]) -> String {
    let mut text = String::from("{\"head\":");
    // A node and how many of its children are written.
    let mut open = vec![(0_usize, 0_usize)];
    begin(&mut text, nodes, 0);
    while let Some((index, written)) = open.last_mut() {
        let Some(&child) = nodes[*index].children.get(*written) else {
            text.push_str("]}");
            open.pop();
            continue;
        };
        if *written != 0 {
            text.push(',');
        }
        *written += 1;
        begin(&mut text, nodes, child);
        open.push((child, 0));
    }
    text.push_str(",\"samples\":[");
    let mut ordinal = 0;
    for (index, node) in nodes.iter().enumerate().filter(|(_, node)| node.own != 0) {
        let comma = if ordinal == 0 { "" } else { "," };
        ordinal += 1;
        text.push_str(&format!(
            "{comma}{{\"size\":{},\"nodeId\":{},\"ordinal\":{ordinal}}}",
            node.own,
            index + 1
        ));
    }
    text.push_str("]}");
    text
}

fn begin(text: &mut String, nodes: &[Node<'_>], index: usize) {
    let node = &nodes[index];
    let name = serde_json::Value::from(&*node.name).to_string();
    let url = serde_json::Value::from(node.at.map_or("", |at| &at.file)).to_string();
    // The format counts from zero; -1 stands for what is not known.
    let [line, column] =
        node.at.map_or([0, 0], |at| [at.line, at.column]).map(|number| i64::from(number) - 1);
    text.push_str(&format!(
        "{{\"callFrame\":{{\"functionName\":{name},\"scriptId\":\"0\",\"url\":{url},\"lineNumber\":{line},\
         \"columnNumber\":{column}}},\"selfSize\":{},\"id\":{},\"children\":[",
        node.own,
        index + 1
    ));
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::heap_profile;
    use crate::{CallSite, Location, Snapshot, TagSnapshot};

    fn tag(path: &str, own: u64) -> TagSnapshot {
        let mut tag = TagSnapshot::new(path);
        tag.own_bytes = own;
        tag
    }

    fn sizes(node: &Value, sum: &mut u64, ids: &mut Vec<u64>) {
        *sum += node["selfSize"].as_u64().unwrap();
        ids.push(node["id"].as_u64().unwrap());
        for key in ["functionName", "scriptId", "url"] {
            assert!(node["callFrame"][key].is_string());
        }
        assert!(node["callFrame"]["lineNumber"].is_i64() && node["callFrame"]["columnNumber"].is_i64());
        for child in node["children"].as_array().unwrap() {
            sizes(child, sum, ids);
        }
    }

    #[test]
    fn sizes_add_up_and_parents_are_made() {
        let mut snapshot = Snapshot::new(1)
            .with_tag(tag("physics/contacts", 30))
            .with_tag(tag("physics", 20))
            .with_tag(tag("a\"b\\", 10));
        snapshot.summary.frame_bytes = 100;
        let profile: Value = serde_json::from_str(&heap_profile(&snapshot)).unwrap();
        let (mut sum, mut ids) = (0, Vec::new());
        sizes(&profile["head"], &mut sum, &mut ids);
        assert_eq!(sum, 100);
        ids.sort_unstable();
        assert_eq!(ids, (1..=ids.len() as u64).collect::<Vec<_>>());
        let physics = &profile["head"]["children"][0];
        assert_eq!(
            (&physics["callFrame"]["functionName"], &physics["selfSize"]),
            (&"physics".into(), &20.into())
        );
        assert_eq!(physics["children"][0]["callFrame"]["functionName"], "contacts");
        let samples = profile["samples"].as_array().unwrap();
        assert_eq!(samples.iter().map(|sample| sample["size"].as_u64().unwrap()).sum::<u64>(), 100);
        assert!(samples.iter().all(|sample| ids.contains(&sample["nodeId"].as_u64().unwrap())));
    }

    #[test]
    fn call_sites_are_linked_under_their_tags() {
        let site = |line, tag: Option<&str>, bytes| {
            let mut site = CallSite::new(Location::new("src\\main.rs", line, 5), "pool");
            (site.tag, site.bytes, site.type_name) =
                (tag.map(str::to_owned), bytes, Some("Vec<\"x\">".to_owned()));
            site
        };
        let mut snapshot = Snapshot::new(1)
            .with_tag(tag("physics", 1000))
            .with_call_site(site(7, Some("physics/contacts"), 30))
            .with_call_site(site(9, Some("physics/contacts"), 20))
            .with_call_site(CallSite { bytes: 5, ..CallSite::new(Location::default(), "frame") });
        snapshot.summary.frame_bytes = 5000;
        let profile: Value = serde_json::from_str(&heap_profile(&snapshot)).unwrap();
        let (mut sum, mut ids) = (0, Vec::new());
        sizes(&profile["head"], &mut sum, &mut ids);
        assert_eq!((sum, ids.len()), (55, 6));
        let physics = &profile["head"]["children"][0];
        let contacts = &physics["children"][0];
        assert_eq!(contacts["callFrame"]["functionName"], "contacts");
        let call = &contacts["children"][1]["callFrame"];
        assert_eq!(
            (&call["url"], &call["functionName"]),
            (&"src\\main.rs".into(), &"Vec<\"x\"> (pool)".into())
        );
        assert_eq!((&call["lineNumber"], &call["columnNumber"]), (&8.into(), &4.into()));
        let unknown = &profile["head"]["children"][1]["callFrame"];
        assert_eq!((&unknown["url"], &unknown["lineNumber"]), (&"".into(), &(-1).into()));
    }

    #[test]
    fn tags_may_nest_deeper_than_a_stack() {
        let path = vec!["x"; 20_000].join("/");
        let text = heap_profile(&Snapshot::new(1).with_tag(tag(&path, 1)));
        assert_eq!(text.matches("\"functionName\":\"x\"").count(), 20_000);
        assert_eq!(text.matches(['{', '[']).count(), text.matches(['}', ']']).count());
    }
}
