//! V8's sampling heap profile, which Chrome's and VS Code's own viewers open.

use std::collections::HashMap;

use crate::snapshot::Snapshot;

/// A snapshot as the text of a `.heapprofile`: a flame graph of the frame bytes by tag path.
///
/// What was allocated under a tag and none of its sub-tags is the tag's own size; frame bytes under no tag stand under
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
    let mut nodes = vec![Node { name: "(root)", own: 0, children: Vec::new() }];
    let mut known = HashMap::new();
    for tag in &snapshot.tags {
        let node = node_of(&mut nodes, &mut known, &tag.path);
        nodes[node].own += tag.own_bytes;
    }
    let tagged: u64 = snapshot.tags.iter().map(|tag| tag.own_bytes).sum();
    let untagged = snapshot.summary.frame_bytes.saturating_sub(tagged);
    if untagged != 0 {
        let index = nodes.len();
        nodes[0].children.push(index);
        nodes.push(Node { name: "(untagged)", own: untagged, children: Vec::new() });
    }
    write(&nodes)
}

struct Node<'a> {
    name: &'a str,
    own: u64,
    children: Vec<usize>,
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
            nodes.push(Node { name, own: 0, children: Vec::new() });
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
    let name = serde_json::Value::from(node.name).to_string();
    text.push_str(&format!(
        "{{\"callFrame\":{{\"functionName\":{name},\"scriptId\":\"0\",\"url\":\"\",\"lineNumber\":-1,\
         \"columnNumber\":-1}},\"selfSize\":{},\"id\":{},\"children\":[",
        node.own,
        index + 1
    ));
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::heap_profile;
    use crate::{Snapshot, TagSnapshot};

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
    fn tags_may_nest_deeper_than_a_stack() {
        let path = vec!["x"; 20_000].join("/");
        let text = heap_profile(&Snapshot::new(1).with_tag(tag(&path, 1)));
        assert_eq!(text.matches("\"functionName\":\"x\"").count(), 20_000);
        assert_eq!(text.matches(['{', '[']).count(), text.matches(['}', ']']).count());
    }
}
