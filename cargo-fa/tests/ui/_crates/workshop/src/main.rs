//! Parts of an engine: each module is a program of its own.

mod p01;
mod p02;
mod p03;
mod p04;
mod p05;
mod p06;
mod p08;
mod p09;
mod p10;
mod p11;
mod p12;
mod p13;
mod p14;
mod p15;
mod p16;
mod p17;
mod p18;
mod p19;
mod p20;
mod p21;
mod p22;
mod p23;
mod p24;
mod p25;
mod p26;
mod p27;
mod p28;
mod p29;
mod p30;

fn main() {}
