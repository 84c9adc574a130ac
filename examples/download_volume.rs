//! Downloads a volume, with its holes: `cargo run --example download_volume -- qemu:///system default web1.raw ./web1.raw`

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

use virtwire::client::{Chunk, Connection};
use virtwire::protocol::flags::StorageVolStreamFlags;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [uri, pool, volume, path] = &arguments[..] else {
        return Err("usage: download_volume URI POOL VOLUME FILE".into());
    };
    let connection = Connection::open(uri).await?;
    let volume = connection.storage_pool(pool).await?.volume(volume).await?;
    let mut stream = volume.download(0, 0, StorageVolStreamFlags::SPARSE_STREAM).await?;
    let (mut file, mut length) = (File::create(path)?, 0);
    if !file.metadata()?.is_file() {
        return Err("holes are for files: what is skipped on a device stays what it was".into());
    }
    while let Some(chunk) = stream.read_chunk().await? {
        match chunk {
            Chunk::Data(data) => {
                file.write_all(&data)?;
                length += data.len() as u64;
            }
            Chunk::Hole(zeros) => {
                length += zeros;
                file.seek(SeekFrom::Start(length))?;
            }
        }
    }
    // A hole at the end becomes part of the file.
    file.set_len(length)?;
    // The daemon's word that it was all.
    stream.finish().await?;
    println!("{length} bytes of {}", volume.name());
    connection.close().await?;
    Ok(())
}
