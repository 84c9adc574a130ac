// Made from shapes.x by xdrgen 0.4.4 and rustfmt: not ours to change.

pub const DOMAIN_BLOCK_PEEK_BUFFER_MAX: i64 = 4194304i64;

pub const DOMAIN_GET_CPU_STATS_MAX: i64 = 2048i64;

pub const DOMAIN_LIST_MAX: i64 = 16384i64;

pub const STRING_MAX: i64 = 4194304i64;

pub const UUID_LEN: i64 = 16i64;

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct connect_list_all_domains_ret {
    pub domains: Vec<nonnull_domain>,
    pub ret: u32,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct domain_block_peek_ret {
    pub buffer: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct domain_get_cpu_stats_ret {
    pub params: Vec<typed_param>,
    pub nparams: i32,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct domain_migrate_prepare2_args {
    pub uri_in: string_or_none,
    pub flags: u64,
    pub dname: string_or_none,
    pub resource: u64,
    pub dom_xml: nonnull_string,
}

#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct message_header {
    pub prog: u32,
    pub vers: u32,
    pub proc_: i32,
    pub type_: i32,
    pub serial: u32,
    pub status: i32,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct nonnull_domain {
    pub name: nonnull_string,
    pub uuid: [u8; UUID_LEN as usize],
    pub id: i32,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct nonnull_string(pub String);

#[derive(Clone, Debug, PartialEq)]
pub struct typed_param {
    pub field: nonnull_string,
    pub value: typed_param_value,
}

#[derive(Clone, Debug, PartialEq)]
pub enum typed_param_value {
    Const1(i32),
    Const2(u32),
    Const3(i64),
    Const4(u64),
    Const5(f64),
    Const6(i32),
    Const7(nonnull_string),
}

pub type string_or_none = Option<nonnull_string>;

impl<Out: xdr_codec::Write> xdr_codec::Pack<Out> for connect_list_all_domains_ret {
    fn pack(&self, out: &mut Out) -> xdr_codec::Result<usize> {
        Ok(xdr_codec::pack_flex(&self.domains, Some(DOMAIN_LIST_MAX as usize), out)? + self.ret.pack(out)? + 0)
    }
}

impl<Out: xdr_codec::Write> xdr_codec::Pack<Out> for domain_block_peek_ret {
    fn pack(&self, out: &mut Out) -> xdr_codec::Result<usize> {
        Ok(xdr_codec::pack_opaque_flex(&self.buffer, Some(DOMAIN_BLOCK_PEEK_BUFFER_MAX as usize), out)? + 0)
    }
}

impl<Out: xdr_codec::Write> xdr_codec::Pack<Out> for domain_get_cpu_stats_ret {
    fn pack(&self, out: &mut Out) -> xdr_codec::Result<usize> {
        Ok(xdr_codec::pack_flex(&self.params, Some(DOMAIN_GET_CPU_STATS_MAX as usize), out)? + self.nparams.pack(out)? + 0)
    }
}

impl<Out: xdr_codec::Write> xdr_codec::Pack<Out> for domain_migrate_prepare2_args {
    fn pack(&self, out: &mut Out) -> xdr_codec::Result<usize> {
        Ok(self.uri_in.pack(out)? + self.flags.pack(out)? + self.dname.pack(out)? + self.resource.pack(out)? + self.dom_xml.pack(out)? + 0)
    }
}

impl<Out: xdr_codec::Write> xdr_codec::Pack<Out> for message_header {
    fn pack(&self, out: &mut Out) -> xdr_codec::Result<usize> {
        Ok(self.prog.pack(out)?
            + self.vers.pack(out)?
            + self.proc_.pack(out)?
            + self.type_.pack(out)?
            + self.serial.pack(out)?
            + self.status.pack(out)?
            + 0)
    }
}

impl<Out: xdr_codec::Write> xdr_codec::Pack<Out> for nonnull_domain {
    fn pack(&self, out: &mut Out) -> xdr_codec::Result<usize> {
        Ok(self.name.pack(out)? + xdr_codec::pack_opaque_array(&self.uuid[..], self.uuid.len(), out)? + self.id.pack(out)? + 0)
    }
}

impl<Out: xdr_codec::Write> xdr_codec::Pack<Out> for nonnull_string {
    fn pack(&self, out: &mut Out) -> xdr_codec::Result<usize> {
        Ok(xdr_codec::pack_string(&self.0, Some(STRING_MAX as usize), out)?)
    }
}

impl<Out: xdr_codec::Write> xdr_codec::Pack<Out> for typed_param {
    fn pack(&self, out: &mut Out) -> xdr_codec::Result<usize> {
        Ok(self.field.pack(out)? + self.value.pack(out)? + 0)
    }
}

impl<Out: xdr_codec::Write> xdr_codec::Pack<Out> for typed_param_value {
    fn pack(&self, out: &mut Out) -> xdr_codec::Result<usize> {
        Ok(match self {
            &typed_param_value::Const1(ref val) => (1i64 as i32).pack(out)? + val.pack(out)?,
            &typed_param_value::Const2(ref val) => (2i64 as i32).pack(out)? + val.pack(out)?,
            &typed_param_value::Const3(ref val) => (3i64 as i32).pack(out)? + val.pack(out)?,
            &typed_param_value::Const4(ref val) => (4i64 as i32).pack(out)? + val.pack(out)?,
            &typed_param_value::Const5(ref val) => (5i64 as i32).pack(out)? + val.pack(out)?,
            &typed_param_value::Const6(ref val) => (6i64 as i32).pack(out)? + val.pack(out)?,
            &typed_param_value::Const7(ref val) => (7i64 as i32).pack(out)? + val.pack(out)?,
        })
    }
}

impl<In: xdr_codec::Read> xdr_codec::Unpack<In> for connect_list_all_domains_ret {
    fn unpack(input: &mut In) -> xdr_codec::Result<(connect_list_all_domains_ret, usize)> {
        let mut sz = 0;
        Ok((
            connect_list_all_domains_ret {
                domains: {
                    let (v, fsz) = xdr_codec::unpack_flex(input, Some(DOMAIN_LIST_MAX as usize))?;
                    sz += fsz;
                    v
                },
                ret: {
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                },
            },
            sz,
        ))
    }
}

impl<In: xdr_codec::Read> xdr_codec::Unpack<In> for domain_block_peek_ret {
    fn unpack(input: &mut In) -> xdr_codec::Result<(domain_block_peek_ret, usize)> {
        let mut sz = 0;
        Ok((
            domain_block_peek_ret {
                buffer: {
                    let (v, fsz) = xdr_codec::unpack_opaque_flex(input, Some(DOMAIN_BLOCK_PEEK_BUFFER_MAX as usize))?;
                    sz += fsz;
                    v
                },
            },
            sz,
        ))
    }
}

impl<In: xdr_codec::Read> xdr_codec::Unpack<In> for domain_get_cpu_stats_ret {
    fn unpack(input: &mut In) -> xdr_codec::Result<(domain_get_cpu_stats_ret, usize)> {
        let mut sz = 0;
        Ok((
            domain_get_cpu_stats_ret {
                params: {
                    let (v, fsz) = xdr_codec::unpack_flex(input, Some(DOMAIN_GET_CPU_STATS_MAX as usize))?;
                    sz += fsz;
                    v
                },
                nparams: {
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                },
            },
            sz,
        ))
    }
}

impl<In: xdr_codec::Read> xdr_codec::Unpack<In> for domain_migrate_prepare2_args {
    fn unpack(input: &mut In) -> xdr_codec::Result<(domain_migrate_prepare2_args, usize)> {
        let mut sz = 0;
        Ok((
            domain_migrate_prepare2_args {
                uri_in: {
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                },
                flags: {
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                },
                dname: {
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                },
                resource: {
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                },
                dom_xml: {
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                },
            },
            sz,
        ))
    }
}

impl<In: xdr_codec::Read> xdr_codec::Unpack<In> for message_header {
    fn unpack(input: &mut In) -> xdr_codec::Result<(message_header, usize)> {
        let mut sz = 0;
        Ok((
            message_header {
                prog: {
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                },
                vers: {
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                },
                proc_: {
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                },
                type_: {
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                },
                serial: {
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                },
                status: {
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                },
            },
            sz,
        ))
    }
}

impl<In: xdr_codec::Read> xdr_codec::Unpack<In> for nonnull_domain {
    fn unpack(input: &mut In) -> xdr_codec::Result<(nonnull_domain, usize)> {
        let mut sz = 0;
        Ok((
            nonnull_domain {
                name: {
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                },
                uuid: {
                    let (v, fsz) = {
                        let mut buf: [u8; UUID_LEN as usize] = unsafe { ::std::mem::uninitialized() };
                        let sz = xdr_codec::unpack_opaque_array(input, &mut buf[..], UUID_LEN as usize)?;
                        (buf, sz)
                    };
                    sz += fsz;
                    v
                },
                id: {
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                },
            },
            sz,
        ))
    }
}

impl<In: xdr_codec::Read> xdr_codec::Unpack<In> for nonnull_string {
    fn unpack(input: &mut In) -> xdr_codec::Result<(nonnull_string, usize)> {
        let mut sz = 0;
        Ok((
            {
                let (v, usz) = xdr_codec::unpack_string(input, Some(STRING_MAX as usize))?;
                sz = usz;
                nonnull_string(v)
            },
            sz,
        ))
    }
}

impl<In: xdr_codec::Read> xdr_codec::Unpack<In> for typed_param {
    fn unpack(input: &mut In) -> xdr_codec::Result<(typed_param, usize)> {
        let mut sz = 0;
        Ok((
            typed_param {
                field: {
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                },
                value: {
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                },
            },
            sz,
        ))
    }
}

impl<In: xdr_codec::Read> xdr_codec::Unpack<In> for typed_param_value {
    fn unpack(input: &mut In) -> xdr_codec::Result<(typed_param_value, usize)> {
        let mut sz = 0;
        Ok((
            match {
                let (v, dsz): (i32, _) = xdr_codec::Unpack::unpack(input)?;
                sz += dsz;
                v
            } {
                x if x == (1i32 as i32) => typed_param_value::Const1({
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                }),
                x if x == (2i32 as i32) => typed_param_value::Const2({
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                }),
                x if x == (3i32 as i32) => typed_param_value::Const3({
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                }),
                x if x == (4i32 as i32) => typed_param_value::Const4({
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                }),
                x if x == (5i32 as i32) => typed_param_value::Const5({
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                }),
                x if x == (6i32 as i32) => typed_param_value::Const6({
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                }),
                x if x == (7i32 as i32) => typed_param_value::Const7({
                    let (v, fsz) = xdr_codec::Unpack::unpack(input)?;
                    sz += fsz;
                    v
                }),
                v => return Err(xdr_codec::Error::invalidcase(v as i32)),
            },
            sz,
        ))
    }
}
