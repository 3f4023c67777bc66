//! Blocks of thinking: an item may hold several summaries, a text and an encrypted part.

use crate::words::{Delta, Reasoning, ReasoningKind};

/// The blocks of one answer, by the order in which they began.
pub struct Thoughts {
    /// Whose thinking this is.
    family: String,
    blocks: Vec<Block>,
}

#[derive(PartialEq)]
struct Block {
    /// `output_index`
    place: u64,
    part: u64,
    kind: ReasoningKind,
}

impl Thoughts {
    pub fn new(family: String) -> Self {
        Self { family, blocks: Vec::new() }
    }

    /// A piece of a block; the first one says whose it is and its id.
    pub fn hear(&mut self, place: u64, part: u64, mut piece: Reasoning, out: &mut Vec<Delta>) {
        let block = Block { place, part, kind: piece.kind };
        let index = match self.blocks.iter().position(|known| *known == block) {
            Some(index) => {
                piece.id = None;
                index
            }
            None => {
                piece.format = Some(self.family.clone());
                self.blocks.push(block);
                self.blocks.len() - 1
            }
        };
        out.push(Delta::Reasoning { index: u32::try_from(index).unwrap_or(u32::MAX), piece });
    }

    /// Another response begins: its items are not those before.
    pub fn again(&mut self) {
        for block in &mut self.blocks {
            block.place = u64::MAX;
        }
    }
}
