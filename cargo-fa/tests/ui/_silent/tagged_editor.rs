//! Tags, phases and scopes that nest, with early exits that guards take care of.
use framealloc::{AllocError, FrameVec, PhaseGuard, SmartAlloc, TagGuard, frame_format};

struct Node {
    name: String,
    children: Vec<Node>,
}

struct Editor<'e> {
    alloc: &'e SmartAlloc,
    selected: Option<String>,
}

struct Section<'a> {
    _tag: TagGuard<'a>,
    _phase: PhaseGuard<'a>,
}

fn section<'a>(alloc: &'a SmartAlloc, name: &'static str) -> Section<'a> {
    Section { _tag: alloc.tag(name), _phase: alloc.phase(name) }
}

impl<'e> Editor<'e> {
    fn names(&self, node: &Node, names: &mut FrameVec<'e, usize>) {
        names.push(node.name.len());
        for child in &node.children {
            self.names(child, names);
        }
    }

    fn outline(&self, root: &Node) -> Result<usize, AllocError> {
        let _section = section(self.alloc, "outline");
        let mut names = self.alloc.frame_vec();
        self.names(root, &mut names);
        let lengths = self.alloc.try_frame_slice_copy(&names)?;
        Ok(lengths.iter().sum())
    }

    fn select(&mut self, root: &Node, name: &str) -> bool {
        let _phase = self.alloc.phase("select");
        if root.name == name {
            let text = frame_format!(self.alloc, "<{name}>");
            self.selected = Some(text.as_str().to_owned());
            return true;
        }
        root.children.iter().any(|child| self.select(child, name))
    }

    fn inspect(&self, root: &Node) -> Option<usize> {
        self.alloc.begin_phase("inspect");
        let first = root.children.first().map(|child| child.name.len());
        self.alloc.end_phase();
        let first = first?;
        let count = self.alloc.with_tag("inspect", |a| {
            let scope = a.scope();
            scope.alloc_slice_from_fn(first, |index| index).len()
        });
        Some(count)
    }
}

fn main() -> Result<(), AllocError> {
    let alloc = SmartAlloc::with_defaults();
    let root = Node { name: "root".into(), children: vec![Node { name: "leaf".into(), children: Vec::new() }] };
    let mut editor = Editor { alloc: &alloc, selected: None };
    for name in ["root", "leaf", "none"] {
        let _frame = alloc.frame();
        println!("{} {} {:?}", editor.outline(&root)?, editor.select(&root, name), editor.inspect(&root));
    }
    println!("{:?}", editor.selected);
    Ok(())
}
