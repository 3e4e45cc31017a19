//! A studio's tools and servers: each module is a program of its own.

mod q01;
mod q02;
mod q03;
mod q04;
mod q05;
mod q06;
mod q07;
mod q08;
mod q09;
mod q10;
mod q11;
mod q12;
mod q13;
mod q14;
mod q15;
mod q16;
mod q17;
mod q18;
mod q19;
mod q20;
mod q21;
mod q22;
mod q23;
mod q24;
mod q25;
mod q26;
mod q27;
mod q28;
mod q29;
mod q30;

fn main() {}
