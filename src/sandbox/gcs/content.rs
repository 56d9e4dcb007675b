//! The bytes of objects, and their checksums.
//!
//! What is small lies in the journal in base64; the rest in files beside it, one per piece that
//! was uploaded. So a composed object, a copy and a finished upload only name what is there.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use data_encoding::BASE64;
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

use super::message::{Object, ObjectChecksums};
use crate::sandbox::Transaction;
use crate::sandbox::refusal::Refusal;

/// Up to so many bytes lie in the journal.
const SMALL: usize = 64 << 10;

/// The bytes of an object, as they lie in the store.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Content {
    /// All of them in base64, if they are few.
    data: String,
    /// Or the files that hold them, in order.
    pieces: Vec<Piece>,
}

/// A file with some of the bytes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Piece {
    file: String,
    size: u64,
}

impl Content {
    /// Keeps bytes.
    pub(super) fn keep(transaction: &mut Transaction<'_>, bytes: &Bytes) -> Result<Self, Refusal> {
        let mut content = Self::default();
        content.append(transaction, bytes)?;
        Ok(content)
    }

    /// Adds bytes at the end.
    pub(super) fn append(
        &mut self,
        transaction: &mut Transaction<'_>,
        bytes: &Bytes,
    ) -> Result<(), Refusal> {
        if bytes.is_empty() {
            return Ok(());
        }
        if self.size() == 0 && bytes.len() <= SMALL {
            self.data = BASE64.encode(bytes);
            return Ok(());
        }
        self.put_into_file(transaction)?;
        let size = bytes.len() as u64;
        self.pieces.push(Piece { file: transaction.keep(bytes)?, size });
        Ok(())
    }

    /// Adds what another content has.
    pub(super) fn join(
        &mut self,
        transaction: &mut Transaction<'_>,
        mut other: Self,
    ) -> Result<(), Refusal> {
        if other.pieces.is_empty() {
            return self.append(transaction, &other.small()?);
        }
        self.put_into_file(transaction)?;
        self.pieces.append(&mut other.pieces);
        Ok(())
    }

    fn put_into_file(&mut self, transaction: &mut Transaction<'_>) -> Result<(), Refusal> {
        let small = self.small()?;
        if !small.is_empty() {
            let file = transaction.keep(&small)?;
            self.pieces.push(Piece { file, size: small.len() as u64 });
            self.data.clear();
        }
        Ok(())
    }

    fn small(&self) -> Result<Bytes, Refusal> {
        let bytes = BASE64.decode(self.data.as_bytes());
        Ok(bytes.map_err(|error| Refusal::of_status(500, &error.to_string()))?.into())
    }

    /// How many bytes there are.
    pub(super) fn size(&self) -> u64 {
        let padding = self.data.bytes().rev().take_while(|byte| *byte == b'=').count();
        let small = self.data.len() / 4 * 3 - padding;
        self.pieces.iter().map(|piece| piece.size).sum::<u64>() + small as u64
    }

    /// Reads some of the bytes.
    pub(super) fn read(&self, view: &Transaction<'_>, part: &Range<u64>) -> Result<Bytes, Refusal> {
        if self.pieces.is_empty() {
            let at = |byte: u64| usize::try_from(byte).unwrap_or(usize::MAX);
            return Ok(self.small()?.slice(at(part.start)..at(part.end)));
        }
        let mut read = Vec::new();
        let mut begins = 0;
        for Piece { file, size } in &self.pieces {
            let wanted = part.start.max(begins)..part.end.min(begins + size);
            if wanted.start < wanted.end {
                read.push(view.kept(file, wanted.start - begins..wanted.end - begins)?);
            }
            begins += size;
        }
        Ok(match &read[..] {
            [only] => only.clone(),
            several => several.iter().fold(BytesMut::new(), joined).freeze(),
        })
    }

    /// Sums up all of it, a piece at a time.
    pub(super) fn sums(&self, view: &Transaction<'_>) -> Result<Sums, Refusal> {
        let mut md5 = Md5::new();
        let small = self.small()?;
        md5.update(&small);
        let mut crc32c = crc32c::crc32c(&small);
        for Piece { file, size } in &self.pieces {
            let bytes = view.kept(file, 0..*size)?;
            md5.update(&bytes);
            crc32c = crc32c::crc32c_append(crc32c, &bytes);
        }
        Ok(Sums { crc32c, md5: md5.finalize().to_vec() })
    }
}

fn joined(mut all: BytesMut, part: &Bytes) -> BytesMut {
    all.extend_from_slice(part);
    all
}

/// What the service sums up of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) crc32c: u32,
    pub(super) md5: Vec<u8>,
}

impl Sums {
    /// Sums up bytes.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self { crc32c: crc32c::crc32c(bytes), md5: Md5::digest(bytes).to_vec() }
    }

    /// Puts them into the object, if they are what the caller says that they are.
    pub(super) fn check_into(self, object: &mut Object) -> Result<(), Refusal> {
        let Self { crc32c, md5 } = self;
        let base64 = |bytes: &[u8]| BASE64.encode(bytes);
        let said = object.checksums.take().unwrap_or_default();
        if let Some(other) = said.crc32c.filter(|said| *said != crc32c) {
            return Err(Refusal::invalid(format!(
                "Provided CRC32C \"{}\" doesn't match calculated CRC32C \"{}\".",
                base64(&other.to_be_bytes()),
                base64(&crc32c.to_be_bytes())
            )));
        }
        if !said.md5_hash.is_empty() && said.md5_hash != md5 {
            return Err(Refusal::invalid(format!(
                "Provided MD5 hash \"{}\" doesn't match calculated MD5 hash \"{}\".",
                base64(&said.md5_hash),
                base64(&md5)
            )));
        }
        object.checksums = Some(ObjectChecksums { crc32c: Some(crc32c), md5_hash: md5 });
        Ok(())
    }
}
