//! Streams that are written to files, whatever carries them: from a unix socket mostly without being read.

use std::fs::{self, File};
use std::path::PathBuf;

use bytes::Bytes;
use virtwire::client::{Connection, FileError};

use super::files::{Folder, content, rest, volume};

/// A folder on a disk, as a rule, and one in memory, where there is such a place.
fn folders() -> impl Iterator<Item = Folder> {
    let memory = PathBuf::from("/dev/shm");
    std::iter::once(Folder::new()).chain(memory.is_dir().then(|| Folder::within(memory)))
}

async fn ways(folder: &Folder) -> [(&'static str, Connection); 2] {
    [("unix", folder.by_unix().await), ("tcp", folder.by_tcp().await)]
}

#[tokio::test]
async fn what_comes_is_in_the_file_whatever_carries_it_and_however_it_is_cut() {
    for folder in folders() {
        for (way, connection) in ways(&folder).await {
            for bytes in [0, 1, 16_000, 262_120, 262_121, 3_000_001] {
                let content = content(bytes);
                let file = folder.file("volume", &content);

                // By the file's pages, by large packets, and by packets of all sizes.
                for pieces in [0, 262_120, 30_011] {
                    fs::write(folder.path("received"), b"0123456789").unwrap();
                    let mut upload =
                        connection.storage_vol_upload(&volume("received"), 7, 0, 0).await.unwrap();
                    match pieces {
                        0 => drop(upload.send_file(&file, 0, u64::MAX).await.unwrap()),
                        most => {
                            for (at, piece) in content.chunks(most).enumerate() {
                                let (begin, end) = piece.split_at(piece.len() / (1 + at % 3));
                                upload.write_chunk(Bytes::copy_from_slice(begin)).await.unwrap();
                                upload.write_chunk(Bytes::copy_from_slice(end)).await.unwrap();
                            }
                        }
                    }
                    upload.finish().await.unwrap();
                    let expected = [b"0123456", &content[..], &b"789"[bytes.min(3)..]].concat();
                    assert!(folder.read("received") == expected, "{way}, {bytes}, {pieces}");
                }

                let mut download = connection.storage_vol_download(&volume("volume"), 0, 0, 0).await.unwrap();
                let down = File::create(folder.path("down")).unwrap();
                assert_eq!(download.receive_file(&down, 100).await.unwrap(), bytes as u64);
                download.finish().await.unwrap();
                assert!(folder.read("down").get(100..).unwrap_or_default() == content, "{way}, {bytes}");
                connection.connect_get_hostname().await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn holes_are_zeros_also_where_the_file_had_something() {
    for folder in folders() {
        for (way, connection) in ways(&folder).await {
            fs::write(folder.path("received"), vec![7; 400_000]).unwrap();
            let mut upload = connection.storage_vol_upload(&volume("received"), 0, 0, 1).await.unwrap();
            upload.write_chunk(content(100_000).into()).await.unwrap();
            upload.write_hole(200_000).await.unwrap();
            upload.write_chunk(content(50_000).into()).await.unwrap();
            upload.write_hole(1 << 30).await.unwrap();
            upload.write_chunk(content(60_000).into()).await.unwrap();
            upload.write_hole(1).await.unwrap();
            upload.finish().await.unwrap();
            let come = File::open(folder.path("received")).unwrap();
            assert_eq!(come.metadata().unwrap().len(), 410_001 + (1 << 30), "{way}");
            let read = |at: u64, bytes: usize| {
                let mut part = vec![1; bytes];
                std::os::unix::fs::FileExt::read_exact_at(&come, &mut part, at).unwrap();
                part
            };
            assert!(read(0, 350_000) == [content(100_000), vec![0; 200_000], content(50_000)].concat());
            assert!(read(350_000, 1_000_000) == vec![0; 1_000_000]);
            assert!(read(350_000 + (1 << 30), 60_001) == [content(60_000), vec![0]].concat());
        }
    }
}

#[tokio::test]
async fn what_cannot_be_written_is_the_files_error_and_the_stream_goes_on() {
    for folder in folders() {
        for (way, connection) in ways(&folder).await {
            let content = content(4_000_000);
            folder.file("volume", &content);
            let mut download = connection.storage_vol_download(&volume("volume"), 0, 0, 0).await.unwrap();
            // The second is open for reading alone.
            let unwritable = [File::options().write(true).open("/dev/full").unwrap(), folder.file("ro", b"")];
            for file in unwritable {
                let failed = download.receive_file(&file, 0).await.unwrap_err();
                assert!(matches!(&failed, FileError::File(_)), "{way}: {failed:?}");
            }
            let come = rest(&mut download).await;
            assert!(come.len() > 3_000_000 && content.ends_with(&come), "{way}: {}", come.len());
            download.finish().await.unwrap();
        }
    }
}

/// Whoever takes it so knows at each of them how far it is, and can stop there or do something else.
#[tokio::test]
async fn a_file_that_is_received_in_parts_is_whole() {
    const MIB: u64 = 1 << 20;
    for folder in folders() {
        for (way, connection) in ways(&folder).await {
            let content = content(4 << 20);
            folder.file("volume", &content);
            let mut download = connection.storage_vol_download(&volume("volume"), 0, 0, 0).await.unwrap();
            let down = File::create(folder.path("down")).unwrap();
            let (mut at, mut parts) = (0, 0);
            loop {
                let part = download.receive_file_part(&down, at, MIB).await.unwrap();
                if part == 0 {
                    break;
                }
                (at, parts) = (at + part, parts + 1);
                assert!(part >= MIB || at == 4 * MIB, "{way}: {part} at {at}");
                assert_eq!(down.metadata().unwrap().len(), at, "{way}");
                // One of them by hand.
                if let Some(virtwire::client::Chunk::Data(data)) = download.read_chunk().await.unwrap() {
                    std::os::unix::fs::FileExt::write_all_at(&down, &data, at).unwrap();
                    at += data.len() as u64;
                }
            }
            download.finish().await.unwrap();
            assert!((2..=4).contains(&parts), "{way}: {parts}");
            assert!(at == 4 * MIB && folder.read("down") == content, "{way}: {at}");
        }
    }
}

#[tokio::test]
async fn who_gives_up_receiving_a_file_reads_what_comes_behind_that() {
    for folder in folders() {
        for (way, connection) in ways(&folder).await {
            let content = content(6_000_000);
            folder.file("volume", &content);
            let mut download = connection.storage_vol_download(&volume("volume"), 0, 0, 0).await.unwrap();
            let file = File::create(folder.path("down")).unwrap();
            let mut given_up = 0;
            while given_up < 200 && file.metadata().unwrap().len() < 1_000_000 {
                let at = file.metadata().unwrap().len();
                tokio::select! {
                    biased;
                    received = download.receive_file(&file, at) => drop(received.unwrap()),
                    () = async { for _ in 0..20 { tokio::task::yield_now().await } } => given_up += 1,
                }
                // What is on its way into the file is there before this is.
                if let Some(virtwire::client::Chunk::Data(data)) = download.read_chunk().await.unwrap() {
                    let at = file.metadata().unwrap().len();
                    std::os::unix::fs::FileExt::write_all_at(&file, &data, at).unwrap();
                }
            }
            let come = rest(&mut download).await;
            download.finish().await.unwrap();
            let file = folder.read("down");
            assert!([file, come].concat() == content, "{way}, {given_up}");
        }
    }
}
