//! The call of a frame that does what a call of a pool or of the heap does.

use crate::flow::body::Function;
use crate::flow::{Fate, Program};
use crate::lint::finding::{Edit, Fix};
use crate::source::Span;

/// The method that makes the same in the frame.
pub(super) fn frame_call(method: &str) -> String {
    match method.strip_prefix("try_") {
        Some(method) => format!("try_{}", frame_call(method)),
        None => {
            let what =
                method.strip_prefix("pool_").or_else(|| method.strip_prefix("heap_")).unwrap_or(method);
            format!("frame_{what}")
        }
    }
}

/// The correction that calls the frame's method instead: for a value that is only looked at, in variables without a
/// written type.
pub(super) fn in_frame(
    program: &Program,
    function: &Function,
    fate: &Fate,
    method: &str,
    span: Span,
) -> Option<Fix> {
    let text = &program.files.get(span.file).text;
    let written = text.get(span.start as usize..span.end as usize) == Some(method);
    let typed = fate.locals.keys().map(|&local| function.local(local)).any(|local| {
        let rest = text.get(local.span.end as usize..).unwrap_or_default();
        local.name.is_some() && rest.trim_start().starts_with(':')
    });
    if !written || typed || fate.taken || fate.leaves() || fate.captured {
        return None;
    }
    let replacement = frame_call(method);
    Some(Fix { title: format!("make it with `{replacement}`"), edits: vec![Edit { span, replacement }] })
}

#[cfg(test)]
mod tests {
    use super::frame_call;

    #[test]
    fn names_of_frame_calls() {
        assert_eq!(frame_call("pool_box"), "frame_box");
        assert_eq!(frame_call("try_heap_slice"), "try_frame_slice");
        assert_eq!(frame_call("heap_alloc"), "frame_alloc");
    }
}
