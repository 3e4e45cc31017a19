//! Tags, phases and budgets.
//!
//! fa: allow(FA601) -- handles outlive their frame, to see it parked
//! fa: allow(FA805) -- phases that are left open, or ended once too often, are tried

use std::thread;

use crate::common::small;

#[test]
fn tags_phases_and_budgets() {
    let alloc = small();
    alloc.set_tag_budget("physics", 2000);
    alloc.begin_frame();
    alloc.begin_phase("step");
    let kept = {
        let _physics = alloc.tag("physics");
        let _contacts = alloc.tag("contacts");
        let kept = alloc.frame_box([0u64; 10]);
        assert!(alloc.try_frame_slice::<u8>(2000).is_err());
        kept
    };
    assert_eq!(alloc.tag_stats("physics/contacts").expect("used").bytes_allocated, 80);
    alloc.end_frame();
    assert_eq!(kept[9], 0);
    thread::scope(|scope| {
        scope.spawn(|| assert!(alloc.tag_stats("physics").is_some()));
    });
}
