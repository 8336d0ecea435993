using System.Runtime.InteropServices;
using System.Security.Authentication;

namespace MultiExit.Engine.Tls.Ech.OpenSsl;

/// <summary>The common part of both sides of an OpenSSL connection.</summary>
internal abstract unsafe class OpenSslEngine : EchEngine
{
    private const int WantRead = 2, ZeroReturn = 6; // SSL_ERROR_...
    private const int SentShutdown = 1;

    private GCHandle _self;

    protected OpenSslEngine(OpenSslLibrary library, nint context)
    {
        Library = library;
        _self = GCHandle.Alloc(this);
        try
        {
            nint bio = OpenSslBio.Create(library, GCHandle.ToIntPtr(_self));
            Ssl = library.New(context);
            if (Ssl == 0)
            {
                library.FreeBio(bio);
                throw library.LastFailure("SSL_new");
            }
            library.SetBio(Ssl, bio, bio); // and owns it
            Require(library.SetExData(Ssl, library.EngineIndex, GCHandle.ToIntPtr(_self)), "SSL_set_ex_data");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    protected OpenSslLibrary Library { get; }

    protected nint Ssl { get; }

    /// <summary>Called once the handshake is complete.</summary>
    protected abstract void OnHandshakeComplete();

    /// <summary>The exception for a failed handshake; the thread's errors are still there.</summary>
    protected abstract Exception HandshakeFailure();

    protected sealed override bool HandshakeCore()
    {
        Library.ClearErrors();
        int result = Library.Handshake(Ssl);
        if (result == 1)
        {
            OnHandshakeComplete();
            return true;
        }
        if (Library.GetError(Ssl, result) == WantRead) return false;
        throw EndSeen ? new IOException("the peer closed the connection in the middle of the TLS handshake") : HandshakeFailure();
    }

    protected sealed override int ReadCore(Span<byte> buffer)
    {
        Library.ClearErrors();
        fixed (byte* target = buffer) return Result(Library.Read(Ssl, target, buffer.Length));
    }

    protected sealed override int PeekCore(Span<byte> buffer)
    {
        Library.ClearErrors();
        fixed (byte* target = buffer) return Result(Library.Peek(Ssl, target, buffer.Length));
    }

    protected sealed override void WriteCore(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        Library.ClearErrors();
        fixed (byte* source = bytes)
        {
            if (Library.Write(Ssl, source, bytes.Length) != bytes.Length) throw Broken();
        }
    }

    protected sealed override void CompleteWritesCore()
    {
        Library.ClearErrors();
        // A second call would begin to read.
        if ((Library.GetShutdown(Ssl) & SentShutdown) == 0 && Library.Shutdown(Ssl) < 0) throw Broken();
    }

    protected sealed override void Free()
    {
        if (Ssl != 0) Library.Free(Ssl);
        _self.Free();
    }

    // OpenSSL returns 1 for success.
    protected void Require(int status, string call)
    {
        if (status != 1) throw Library.LastFailure(call);
    }

    protected AuthenticationException TlsFailure() => new($"TLS: {Library.Describe()}");

    private int Result(int read)
    {
        if (read > 0) return read;
        return Library.GetError(Ssl, read) switch
        {
            WantRead => NeedsInput,
            ZeroReturn => 0,
            _ when EndSeen => 0, // without close_notify; the base class reports it
            _ => throw Broken(),
        };
    }

    private IOException Broken() => new($"TLS: {Library.Describe()}");
}
