// All the ways in which a collection of the heap is made within a frame.
use framealloc::{AllocConfig, SmartAlloc};
use std::collections::*;
use std::fmt::Write;
struct W {
    xs: Vec<u32>,
    out: String,
    alloc: SmartAlloc,
}
impl W {
    fn frame(&mut self) -> usize {
        self.alloc.begin_frame();
        let a: Vec<u32> = self.xs.iter().map(|x| x * 2).collect(); //~ FA608
        let b = self.xs.clone(); //~ FA608
        let c = self.xs.to_vec(); //~ FA608
        let d = String::from("hud"); //~ FA608
        let e = "x".repeat(4); //~ FA608
        let f = vec![0u8; 16]; //~ FA608
        let g = Box::new([0u8; 64]); //~ FA608
        let h: HashMap<u32, u32> = self.xs.iter().map(|x| (*x, *x)).collect(); //~ FA608
        let i = self.xs.iter().collect::<BTreeSet<_>>(); //~ FA608
        let j: Vec<_> = Vec::with_capacity(10); //~ FA608
        let k: Vec<u8> = j;
        let l = "a b".split(' ').map(str::to_owned).collect::<Vec<String>>(); //~ FA608
        let m = [1, 2, 3].to_vec(); //~ FA608
        let n = format!("{}", a.len()).len(); //~ FA608
        let mut o = String::new(); //~ FA608
        write!(o, "{}", b.len()).unwrap();
        let p = {
            let mut v = Vec::new(); //~ FA608
            v.push(1u8);
            v.len()
        };
        let q = LinkedList::<u8>::new(); //~ FA608
        let r: Vec<u8> = Default::default(); //~ FA608
        let s = "abc".chars().rev().collect::<String>(); //~ FA608
        let t = "abc".to_owned() + "d"; //~ FA608
        let u = concat(&[1]);
        let sum = c.len()
            + d.len()
            + e.len()
            + f.len()
            + g.len()
            + h.len()
            + i.len()
            + k.len()
            + l.len()
            + m.len()
            + n
            + o.len()
            + p
            + q.len()
            + r.len()
            + s.len()
            + t.len()
            + u.len();
        self.alloc.end_frame();
        sum
    }
    fn kept(&mut self) {
        let _f = self.alloc.frame();
        let mut list = Vec::new();
        list.push(1);
        self.xs = list;
        let text = format!("{}", 1);
        self.out.push_str(&text);
        self.out = text;
        let v: Vec<u32> = self.xs.iter().copied().collect();
        self.xs.extend(v.iter());
        self.xs.splice(0..1, v);
        let (tx, rx) = std::sync::mpsc::channel();
        tx.send(vec![1]).unwrap();
        drop(rx);
    }
    fn helper(&self) -> usize {
        let _f = self.alloc.frame();
        self.inner(3) + self.names().len()
    }
    fn inner(&self, n: usize) -> usize {
        let mut stack = vec![n]; //~ FA608
        let mut c = 0;
        while let Some(x) = stack.pop() {
            if x > 0 {
                stack.push(x - 1);
            }
            c += 1;
        }
        c
    }
    fn names(&self) -> Vec<String> {
        self.xs.iter().map(|x| x.to_string()).collect()
    }
}
fn concat(a: &[u8]) -> Vec<u8> {
    let mut v = a.to_vec();
    v.push(1);
    v
}
fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default());
    let mut w = W { xs: Vec::new(), out: String::new(), alloc };
    let start = vec![1, 2];
    loop {
        w.frame();
        w.kept();
        w.helper();
        println!("{}", start.len());
    }
}
