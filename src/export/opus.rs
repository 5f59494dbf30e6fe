//! Samples into an Ogg Opus stream, whatever it is written to.

use std::io::Write;

use opus_pure::{
    Application, Error, MAX_PACKET_BYTES, OggOpusWriter, OpusEncoder, OpusHead, OpusTags,
};

use crate::base::SAMPLE_RATE;

/// Samples in a packet: 20 ms.
const PACKET: usize = SAMPLE_RATE as usize / 50;

/// "soft": it stands in each page. Any number does, as long as it is the same each time.
const SERIAL: u32 = 0x736f_6674;

/// A stream that is being written: mono, 48 kHz.
pub(super) struct Stream<W: Write> {
    encoder: OpusEncoder,
    writer: OggOpusWriter<W>,
    /// Samples that are no whole packet yet.
    rest: Vec<f32>,
    packet: Vec<u8>,
    /// Where the sound ends, in samples from the first of the stream: what is padding behind it is not played.
    end: u64,
    /// Samples that the encoder is behind.
    behind: usize,
}

impl<W: Write> Stream<W> {
    /// Begins a stream of `bits` a second.
    pub(super) fn new(out: W, bits: i32, tags: OpusTags) -> Result<Self, Error> {
        let mut encoder = OpusEncoder::new(SAMPLE_RATE.cast_signed(), 1, Application::Audio)?;
        encoder.bitrate_bps = bits;
        let head = OpusHead::for_encoder(&encoder, SAMPLE_RATE);
        let behind = usize::from(head.pre_skip);
        Ok(Self {
            encoder,
            writer: OggOpusWriter::with_serial(out, head, tags, SERIAL)?,
            rest: Vec::new(),
            packet: vec![0; MAX_PACKET_BYTES],
            end: behind as u64,
            behind,
        })
    }

    pub(super) fn write(&mut self, samples: &[f32]) -> Result<(), Error> {
        self.rest.extend_from_slice(samples);
        self.end += samples.len() as u64;
        self.encode(false)
    }

    /// Ends it, exactly as long as what was written.
    pub(super) fn finish(mut self) -> Result<W, Error> {
        // The last samples are still in the encoder, and leave it with as much silence behind them.
        let padded = (self.rest.len() + self.behind).next_multiple_of(PACKET);
        self.rest.resize(padded, 0.0);
        self.encode(true)?;
        self.writer.finish()
    }

    /// Encodes what is whole; of the last packet, only what is sound counts.
    fn encode(&mut self, is_last: bool) -> Result<(), Error> {
        let whole = self.rest.len() / PACKET;
        for (number, samples) in self.rest.chunks_exact(PACKET).enumerate() {
            let size = self.encoder.encode(samples, PACKET, &mut self.packet)?;
            let packet = &self.packet[..size];
            if is_last && number + 1 == whole {
                let left = self
                    .end
                    .saturating_sub(self.writer.granule().cast_unsigned());
                self.writer
                    .write_packet_with_duration(packet, left as u32)?;
            } else {
                self.writer.write_packet(packet)?;
            }
        }
        self.rest.drain(..whole * PACKET);
        Ok(())
    }
}
