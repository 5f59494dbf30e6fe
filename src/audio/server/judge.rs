//! What the sound server's lists mean: whether our stream can be heard.

use pulseaudio::protocol::{ChannelVolume, Prop, Props, SinkFlags, SinkInfo, SinkInputInfo};

use super::link::Lists;
use crate::audio::hearing::Heard;
use crate::base::Unheard;

/// The sink that `PulseAudio`'s module-always-sink and `PipeWire` make up when there is no other. Other null sinks are
/// somebody's own, and count as loudspeakers.
const DUMMY: &[u8] = b"auto_null";

/// The full volume, in `PulseAudio`'s cubic scale.
const FULL: u64 = 0x10000;

/// Less is taken for silence: 5 %, which is 78 dB down.
const SILENT: u64 = FULL / 20;

/// Whether any stream of the process `pid` can be heard; `None` if it has none.
pub(super) fn heard(pid: u32, lists: &Lists) -> Option<Heard> {
    let ours = lists.streams.iter().filter(|stream| {
        let mut clients = lists.clients.iter();
        let client = clients.find(|client| stream.client_index == Some(client.index));
        // On some servers only the client says which process it is.
        is_of(pid, &stream.props) || client.is_some_and(|client| is_of(pid, &client.props))
    });
    let verdicts = ours.map(|stream| {
        let mut sinks = lists.sinks.iter();
        let sink = sinks.find(|sink| sink.index == stream.sink_index);
        sink.map_or(Err(Unheard::Dummy), |sink| through(stream, sink))
    });
    // While one is being replaced there are two: the better one counts.
    verdicts.reduce(Heard::or)
}

fn is_of(pid: u32, props: &Props) -> bool {
    let said = props.get(Prop::ApplicationProcessId);
    let text = said.and_then(|bytes| std::str::from_utf8(bytes).ok());
    text.is_some_and(|text| text.trim_end_matches('\0') == pid.to_string())
}

fn through(stream: &SinkInputInfo, sink: &SinkInfo) -> Heard {
    let stream_volume = loudest(&stream.cvolume);
    // Where volumes are flat, that of the stream holds the sink's already.
    let volume = if sink.flags.contains(SinkFlags::FLAT_VOLUME) {
        stream_volume
    } else {
        stream_volume * loudest(&sink.cvolume) / FULL
    };
    if sink.name.to_bytes() == DUMMY {
        Err(Unheard::Dummy)
    } else if sink.muted {
        Err(Unheard::SinkMuted)
    } else if stream.muted {
        Err(Unheard::Muted)
    } else if volume < SILENT {
        Err(Unheard::TooSoft)
    } else {
        Ok(())
    }
}

fn loudest(volume: &ChannelVolume) -> u64 {
    let channels = volume.channels().iter();
    channels.map(|one| one.as_u32().into()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::ffi::CString;

    use pulseaudio::protocol::{ClientInfo, Volume};

    use super::*;
    use Unheard::{Dummy, Muted, SinkMuted, TooSoft};

    const US: u32 = 4711;

    fn volume(percent: u32) -> ChannelVolume {
        let mut volume = ChannelVolume::empty();
        // Left is silent: one side that is heard is enough.
        for percent in [0, percent] {
            let part = FULL as u32 * percent / 100;
            volume.push(Volume::from_u32_clamped(part));
        }
        volume
    }

    /// What is heard of these streams.
    fn heard(streams: &[SinkInputInfo], sinks: &[SinkInfo]) -> Option<Heard> {
        let lists = Lists {
            streams: streams.to_vec(),
            sinks: sinks.to_vec(),
            clients: Vec::new(),
        };
        super::heard(US, &lists)
    }

    fn stream(pid: u32, sink: u32, muted: bool, percent: u32) -> SinkInputInfo {
        let mut props = Props::new();
        let pid = CString::new(pid.to_string()).unwrap();
        props.set(Prop::ApplicationProcessId, pid);
        SinkInputInfo {
            sink_index: sink,
            props,
            muted,
            cvolume: volume(percent),
            ..SinkInputInfo::default()
        }
    }

    fn sink(index: u32, name: &str, muted: bool, percent: u32) -> SinkInfo {
        SinkInfo {
            index,
            name: CString::new(name).unwrap(),
            muted,
            cvolume: volume(percent),
            ..SinkInfo::default()
        }
    }

    #[test]
    fn a_stream_is_heard_or_there_is_a_reason() {
        for (stream_muted, stream_percent, name, sink_muted, sink_percent, expected) in [
            (false, 100, "speaker", false, 100, Ok(())),
            (false, 30, "speaker", false, 20, Ok(())),
            (false, 150, "speaker", false, 4, Ok(())),
            (false, 100, "auto_null.2", false, 100, Ok(())),
            (false, 100, "null", false, 100, Ok(())),
            (false, 100, "speaker", false, 4, Err(TooSoft)),
            (false, 2, "speaker", false, 100, Err(TooSoft)),
            (false, 20, "speaker", false, 20, Err(TooSoft)),
            (false, 0, "speaker", false, 100, Err(TooSoft)),
            (true, 100, "speaker", false, 100, Err(Muted)),
            (true, 2, "speaker", false, 100, Err(Muted)),
            (true, 100, "speaker", true, 100, Err(SinkMuted)),
            (false, 100, "speaker", true, 100, Err(SinkMuted)),
            (false, 100, "auto_null", false, 100, Err(Dummy)),
            (true, 0, "auto_null", true, 0, Err(Dummy)),
        ] {
            let streams = [stream(US, 3, stream_muted, stream_percent)];
            let sinks = [
                sink(1, "other", true, 0),
                sink(3, name, sink_muted, sink_percent),
            ];
            let context = (stream_percent, name, sink_percent);
            assert_eq!(heard(&streams, &sinks), Some(expected), "{context:?}");
        }
    }

    #[test]
    fn five_per_cent_can_be_heard() {
        for (raw, expected) in [(3276, Ok(())), (3275, Err(TooSoft))] {
            let mut ours = stream(US, 3, false, 100);
            ours.cvolume = ChannelVolume::empty();
            ours.cvolume.push(Volume::from_u32_clamped(raw));
            let sinks = [sink(3, "speaker", false, 100)];
            assert_eq!(heard(&[ours], &sinks), Some(expected), "{raw}");
        }
    }

    #[test]
    fn flat_volumes_are_not_counted_twice() {
        let streams = [stream(US, 3, false, 20)];
        let mut flat = sink(3, "speaker", false, 20);
        flat.flags = SinkFlags::FLAT_VOLUME;
        assert_eq!(heard(&streams, &[flat]), Some(Ok(())));
    }

    #[test]
    fn only_our_own_streams_count_and_the_best_of_them() {
        let sinks = [sink(3, "speaker", false, 100)];
        let theirs = stream(7, 3, true, 100);
        let muted = stream(US, 3, true, 100);
        let nowhere = stream(US, u32::MAX, false, 100);
        let well = stream(US, 3, false, 100);
        let heard = |streams: &[SinkInputInfo]| heard(streams, &sinks);
        assert_eq!(heard(&[]), None);
        assert_eq!(heard(std::slice::from_ref(&theirs)), None);
        assert_eq!(heard(&[SinkInputInfo::default()]), None);
        assert_eq!(heard(&[theirs.clone(), nowhere]), Some(Err(Dummy)));
        assert_eq!(heard(&[theirs, muted, well]), Some(Ok(())));
    }

    #[test]
    fn a_stream_is_ours_if_its_client_is() {
        let mut ours = stream(US, 3, true, 100);
        let client = ClientInfo {
            index: 9,
            props: std::mem::take(&mut ours.props),
            ..ClientInfo::default()
        };
        ours.client_index = Some(9);
        let mut theirs = stream(7, 3, false, 100);
        theirs.client_index = Some(8);
        let lists = Lists {
            streams: vec![theirs, ours],
            sinks: vec![sink(3, "speaker", false, 100)],
            clients: vec![ClientInfo::default(), client],
        };
        assert_eq!(super::heard(US, &lists), Some(Err(Muted)));
    }
}
