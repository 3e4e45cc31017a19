// Retained values of a static allocator in nested modules, by twins and in a generic helper.
use framealloc::SmartAlloc;
use std::sync::LazyLock;

static MEMORY: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

mod level {
    pub mod decor {
        use crate::MEMORY;
        use framealloc::RetentionPolicy::{PromoteToHeap, PromoteToPool};

        #[derive(Default)]
        pub struct Decor {
            pub props: Vec<u16>,
        }

        fn keep<T: 'static>(value: T) -> bool {
            MEMORY.try_frame_retained_value(value, PromoteToPool).is_ok() //~ FA604
        }

        pub fn scatter(count: u16) -> usize {
            let Ok(mut decor) = MEMORY.try_frame_retained::<Decor>(PromoteToHeap) else { return 0 }; //~ FA604
            decor.props.extend(0..count);
            decor.props.len() + usize::from(keep(count))
        }
    }

    pub fn tick(count: u16) -> usize {
        crate::MEMORY.begin_frame();
        let scattered = decor::scatter(count);
        let noise = crate::MEMORY.frame_slice::<u8>(16).len();
        crate::MEMORY.end_frame();
        scattered + noise
    }
}

fn main() {
    for count in 1..4 {
        println!("{}", level::tick(count));
    }
}
