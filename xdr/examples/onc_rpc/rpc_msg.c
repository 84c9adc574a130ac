/* Made rpc_msg.hex, by libtirpc's own routines for the messages of RFC 5531. To make it again:

       gcc -I/usr/include/tirpc rpc_msg.c -ltirpc -o /tmp/rpc_msg && /tmp/rpc_msg > rpc_msg.hex

   on Debian with gcc and libtirpc-dev. */
#include <rpc/rpc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char buffer[4096];
static struct opaque_auth none = {AUTH_NONE, "", 0};

static void print(const char *name, u_int len)
{
    printf("%s: ", name);
    for (u_int i = 0; i < len; i++)
        printf("%02x", (unsigned char)buffer[i]);
    printf("\n");
}

static void require(bool_t ok, const char *name)
{
    if (!ok) {
        fprintf(stderr, "%s is not encoded\n", name);
        exit(1);
    }
}

/* A call, and an NFSv3 file handle behind it if there is one. */
static void call(const char *name, u_int xid, u_int prog, u_int vers, u_int proc, struct opaque_auth cred,
                 char *handle, u_int handle_len)
{
    XDR xdr;
    struct rpc_msg msg = {0};

    msg.rm_xid = xid;
    msg.rm_direction = CALL;
    msg.rm_call.cb_rpcvers = RPC_MSG_VERSION;
    msg.rm_call.cb_prog = prog;
    msg.rm_call.cb_vers = vers;
    msg.rm_call.cb_proc = proc;
    msg.rm_call.cb_cred = cred;
    msg.rm_call.cb_verf = none;
    xdrmem_create(&xdr, buffer, sizeof(buffer), XDR_ENCODE);
    require(xdr_callmsg(&xdr, &msg), name);
    if (handle)
        require(xdr_bytes(&xdr, &handle, &handle_len, 64), name);
    print(name, xdr_getpos(&xdr));
}

static void reply(const char *name, struct rpc_msg msg)
{
    XDR xdr;

    msg.rm_direction = REPLY;
    xdrmem_create(&xdr, buffer, sizeof(buffer), XDR_ENCODE);
    require(xdr_replymsg(&xdr, &msg), name);
    print(name, xdr_getpos(&xdr));
}

static struct rpc_msg accepted(u_int xid, enum accept_stat stat)
{
    struct rpc_msg msg = {0};

    msg.rm_xid = xid;
    msg.rm_reply.rp_stat = MSG_ACCEPTED;
    msg.acpted_rply.ar_verf = none;
    msg.acpted_rply.ar_stat = stat;
    return msg;
}

int main(void)
{
    XDR xdr;
    char cred[MAX_AUTH_BYTES], handle[] = "file handle";
    gid_t groups[] = {100, 4, 24};
    struct authunix_parms sys = {0x5eed, "client.example.com", 1000, 100, 3, groups};
    struct opaque_auth unix_auth = {AUTH_SYS, cred, 0};
    u_int seven = 7;
    struct rpc_msg msg;

    xdrmem_create(&xdr, cred, sizeof(cred), XDR_ENCODE);
    require(xdr_authunix_parms(&xdr, &sys), "credentials");
    unix_auth.oa_length = xdr_getpos(&xdr);

    call("call of nothing", 1, 100000, 2, 0, none, NULL, 0);
    call("call of NFS GETATTR", 0xfeedface, 100003, 3, 1, unix_auth, handle, strlen(handle));

    msg = accepted(1, SUCCESS);
    msg.acpted_rply.ar_results.where = (char *)&seven;
    msg.acpted_rply.ar_results.proc = (xdrproc_t)xdr_u_int;
    reply("success, and 7", msg);
    reply("no such program", accepted(2, PROG_UNAVAIL));
    msg = accepted(3, PROG_MISMATCH);
    msg.acpted_rply.ar_vers.low = 2;
    msg.acpted_rply.ar_vers.high = 4;
    reply("program versions 2 to 4", msg);
    reply("garbage", accepted(4, GARBAGE_ARGS));

    memset(&msg, 0, sizeof(msg));
    msg.rm_xid = 5;
    msg.rm_reply.rp_stat = MSG_DENIED;
    msg.rjcted_rply.rj_stat = RPC_MISMATCH;
    msg.rjcted_rply.rj_vers.low = 2;
    msg.rjcted_rply.rj_vers.high = 2;
    reply("RPC version 2 alone", msg);
    msg.rjcted_rply.rj_stat = AUTH_ERROR;
    msg.rjcted_rply.rj_why = AUTH_TOOWEAK;
    reply("too weak", msg);
    return 0;
}
