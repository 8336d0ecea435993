using System.Runtime.InteropServices;
using System.Security.Authentication;

namespace MultiExit.Engine.Tls.Ech.Nss;

/// <summary>The common part of both sides of an NSS connection.</summary>
internal abstract unsafe class NssEngine : EchEngine
{
    private const int Security = 1, HandshakeAsClient = 5, HandshakeAsServer = 6, NoCache = 9; // options of SSL_OptionSet
    private const ushort Tls13 = 0x0304;
    private const int ShutdownSend = 1;
    private const int Peek = 2;
    private const int ChannelInfoLength = 136;
    private const int ChannelEchAccepted = 124;

    private GCHandle _self;

    protected NssEngine(NssLibrary nss, bool server)
    {
        Nss = nss;
        _self = GCHandle.Alloc(this);
        nint layer = NssIoLayer.Create(nss, _self);
        Fd = nss.ImportFd(0, layer);
        if (Fd == 0)
        {
            Exception failure = nss.LastFailure("SSL_ImportFD");
            nss.Close(layer);
            _self.Free();
            throw failure;
        }
        try
        {
            Option(Security, true);
            Option(server ? HandshakeAsServer : HandshakeAsClient, true);
            Option(NoCache, true);
            ushort* range = stackalloc ushort[] { Tls13, Tls13 };
            Require(nss.VersionRangeSet(Fd, range), "SSL_VersionRangeSet");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    protected NssLibrary Nss { get; }

    protected nint Fd { get; }

    /// <summary>The handle by which callbacks find this object.</summary>
    protected nint Self => GCHandle.ToIntPtr(_self);

    /// <summary>Whether the server accepted ECH, known once the handshake is complete.</summary>
    protected bool IsEchAccepted()
    {
        byte* info = stackalloc byte[ChannelInfoLength];
        Require(Nss.GetChannelInfo(Fd, info, ChannelInfoLength), "SSL_GetChannelInfo");
        return *(int*)(info + ChannelEchAccepted) != 0;
    }

    /// <summary>Called once the handshake is complete.</summary>
    protected abstract void OnHandshakeComplete();

    /// <summary>The exception for a failed handshake.</summary>
    protected abstract Exception HandshakeFailure(int error);

    protected sealed override bool HandshakeCore()
    {
        if (Nss.ForceHandshake(Fd) == 0)
        {
            OnHandshakeComplete();
            return true;
        }
        int error = Nss.GetError();
        if (error == NssIoLayer.WouldBlock) return false;
        throw EndSeen ? new IOException("the peer closed the connection in the middle of the TLS handshake") : HandshakeFailure(error);
    }

    protected sealed override int ReadCore(Span<byte> buffer)
    {
        fixed (byte* target = buffer) return Result(Nss.Read(Fd, target, buffer.Length));
    }

    protected sealed override int PeekCore(Span<byte> buffer)
    {
        fixed (byte* target = buffer) return Result(Nss.Receive(Fd, target, buffer.Length, Peek, uint.MaxValue));
    }

    protected sealed override void WriteCore(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* source = bytes)
        {
            // One record at a time: between two of them NSS would yield its thread.
            for (int sent = 0; sent < bytes.Length;)
            {
                int count = Math.Min(bytes.Length - sent, MaxFragment);
                if (Nss.Write(Fd, source + sent, count) != count) throw Broken();
                sent += count;
            }
        }
    }

    protected sealed override void CompleteWritesCore()
    {
        if (Nss.Shutdown(Fd, ShutdownSend) != 0) throw Broken();
    }

    protected override void Free()
    {
        Nss.Close(Fd);
        _self.Free();
    }

    protected void Require(int status, string call)
    {
        if (status != 0) throw Nss.LastFailure(call);
    }

    protected AuthenticationException TlsFailure(int error) => new(Nss.Describe(error));

    private void Option(int option, bool on) => Require(Nss.OptionSet(Fd, option, on ? 1 : 0), "SSL_OptionSet");

    private int Result(int read)
    {
        if (read >= 0) return read;
        return Nss.GetError() == NssIoLayer.WouldBlock ? NeedsInput : throw Broken();
    }

    private IOException Broken() => new($"TLS: {Nss.Describe(Nss.GetError())}");
}
