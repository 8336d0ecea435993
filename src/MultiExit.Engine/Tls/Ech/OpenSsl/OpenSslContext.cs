using System.Runtime.InteropServices;

namespace MultiExit.Engine.Tls.Ech.OpenSsl;

/// <summary>An SSL_CTX, which connections share. Freed when no object refers to it any more; connections keep the parts that they need.</summary>
internal sealed unsafe class OpenSslContext : SafeHandle
{
    private const int SetMode = 33, SetSessionCache = 44, SetMinimumVersion = 123; // SSL_CTRL_...
    private const int AutoRetry = 4, NoAutomaticChain = 8, ReleaseBuffers = 0x10; // SSL_MODE_...
    private const int Tls13 = 0x0304;

    private readonly OpenSslLibrary _library;

    public OpenSslContext(OpenSslLibrary library, nint method) : base(0, ownsHandle: true)
    {
        _library = library;
        SetHandle(library.NewContext(method));
        if (IsInvalid) throw library.LastFailure("SSL_CTX_new");
        library.ContextControl(handle, SetMinimumVersion, new CLong(Tls13), 0);
        library.ContextControl(handle, SetMode, new CLong(AutoRetry | NoAutomaticChain | ReleaseBuffers), 0);
        library.ContextControl(handle, SetSessionCache, new CLong(0), 0);
        if (library.SetTickets(handle, 0) != 1) throw library.LastFailure("SSL_CTX_set_num_tickets");
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The pointer; the caller keeps this object alive while it is used.</summary>
    public nint Value => handle;

    protected override bool ReleaseHandle()
    {
        _library.FreeContext(handle);
        return true;
    }
}
