using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MultiExit.Engine.Tls.Ech.OpenSsl;

/// <summary>The BIO of a connection: an <see cref="EchEngine"/> in place of a socket.</summary>
/// <remarks>An exception that left one of these methods would end the process; they do nothing that throws.</remarks>
internal static unsafe class OpenSslBio
{
    private const int SourceOrSink = 0x0400; // BIO_TYPE_SOURCE_SINK
    private const int Eof = 2, Flush = 11; // BIO_CTRL_...
    private const int RetryRead = 0x09, AllRetries = 0x0f; // BIO_FLAGS_SHOULD_RETRY with READ; with READ, WRITE and IO_SPECIAL

    /// <summary>Makes the kind of BIO, which lives as long as the process.</summary>
    public static nint CreateMethod(OpenSslLibrary ssl)
    {
        nint method;
        fixed (byte* name = "multiexit"u8) method = ssl.NewBioMethod(SourceOrSink, name);
        if (method == 0 || ssl.SetBioRead(method, &Read) != 1 || ssl.SetBioWrite(method, &Write) != 1 || ssl.SetBioControl(method, &Control) != 1)
            throw ssl.LastFailure("BIO_meth_new");
        return method;
    }

    /// <summary>Makes the BIO of an engine.</summary>
    public static nint Create(OpenSslLibrary ssl, nint engine)
    {
        nint bio = ssl.NewBio(ssl.BioMethod);
        if (bio == 0) throw ssl.LastFailure("BIO_new");
        ssl.SetBioData(bio, engine);
        ssl.SetBioInit(bio, 1);
        return bio;
    }

    private static EchEngine Engine(nint bio) =>
        Unsafe.As<EchEngine>(GCHandle.FromIntPtr(OpenSslLibrary.Instance.GetBioData(bio)).Target!);

    [UnmanagedCallersOnly]
    private static int Read(nint bio, byte* buffer, int length)
    {
        OpenSslLibrary ssl = OpenSslLibrary.Instance;
        ssl.ClearBioFlags(bio, AllRetries);
        int count = Engine(bio).GiveInput(new Span<byte>(buffer, length));
        if (count == EchEngine.NeedsInput) ssl.SetBioFlags(bio, RetryRead);
        return count;
    }

    [UnmanagedCallersOnly]
    private static int Write(nint bio, byte* buffer, int length)
    {
        OpenSslLibrary.Instance.ClearBioFlags(bio, AllRetries);
        return Engine(bio).TakeOutput(new ReadOnlySpan<byte>(buffer, length)) ? length : -1;
    }

    [UnmanagedCallersOnly]
    private static CLong Control(nint bio, int command, CLong number, nint pointer) => new(command switch
    {
        Flush => 1,
        Eof => Engine(bio).EndSeen ? 1 : 0,
        _ => 0,
    });
}
