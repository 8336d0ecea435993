using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MultiExit.Engine.Tls.Ech.Nss;

/// <summary>The lowest layer of an NSS connection: an <see cref="EchEngine"/> in place of a socket.</summary>
/// <remarks>A PRFileDesc begins with the pointers methods, secret, lower, higher, dtor; the secret here is the handle of the engine.
/// An exception that left one of these methods would end the process; they do nothing that throws.</remarks>
internal static unsafe class NssIoLayer
{
    public const int WouldBlock = -5998; // PR_WOULD_BLOCK_ERROR
    private const int IoError = -5991; // PR_IO_ERROR

    private const int MethodCount = 36; // of PRIOMethods
    private const int Secret = 1; // in words
    private const int Destructor = 4;

    /// <summary>Makes the table, which lives as long as the process.</summary>
    /// <param name="defaults">NSPR's own table, whose methods fail.</param>
    public static nint* CreateMethods(nint* defaults)
    {
        nint* methods = (nint*)NativeMemory.Alloc(MethodCount, (nuint)sizeof(nint));
        new ReadOnlySpan<nint>(defaults, MethodCount).CopyTo(new Span<nint>(methods, MethodCount));
        methods[1] = (nint)(delegate* unmanaged<nint*, int>)&Close;
        methods[2] = (nint)(delegate* unmanaged<nint*, byte*, int, int>)&Read;
        methods[3] = (nint)(delegate* unmanaged<nint*, byte*, int, int>)&Write;
        methods[16] = (nint)(delegate* unmanaged<nint*, int, int>)&Shutdown;
        methods[17] = (nint)(delegate* unmanaged<nint*, byte*, int, int, uint, int>)&Receive;
        methods[18] = (nint)(delegate* unmanaged<nint*, byte*, int, int, uint, int>)&Send;
        methods[24] = (nint)(delegate* unmanaged<nint*, byte*, int>)&GetName;
        methods[25] = (nint)(delegate* unmanaged<nint*, byte*, int>)&GetName;
        methods[28] = (nint)(delegate* unmanaged<nint*, int*, int>)&GetOption;
        methods[29] = (nint)(delegate* unmanaged<nint*, int*, int>)&SetOption;
        return methods;
    }

    /// <summary>Makes a connection with this layer alone.</summary>
    public static nint Create(NssLibrary nss, GCHandle engine)
    {
        nint* layer = nss.CreateIoLayer(nss.Identity, nss.Methods);
        if (layer == null) throw nss.LastFailure("PR_CreateIOLayerStub");
        layer[Secret] = GCHandle.ToIntPtr(engine);
        return (nint)layer;
    }

    private static EchEngine Engine(nint* layer) => Unsafe.As<EchEngine>(GCHandle.FromIntPtr(layer[Secret]).Target!);

    [UnmanagedCallersOnly]
    private static int Close(nint* layer)
    {
        ((delegate* unmanaged<nint*, void>)layer[Destructor])(layer);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Read(nint* layer, byte* buffer, int length) => ReceiveCore(layer, buffer, length);

    [UnmanagedCallersOnly]
    private static int Receive(nint* layer, byte* buffer, int length, int flags, uint timeout) => ReceiveCore(layer, buffer, length);

    [UnmanagedCallersOnly]
    private static int Write(nint* layer, byte* buffer, int length) => SendCore(layer, buffer, length);

    [UnmanagedCallersOnly]
    private static int Send(nint* layer, byte* buffer, int length, int flags, uint timeout) => SendCore(layer, buffer, length);

    // close_notify is a record like others; NSS does not decide when the wire ends.
    [UnmanagedCallersOnly]
    private static int Shutdown(nint* layer, int how) => 0;

    // PRNetAddr: the family decides; a stream without an IPv4 or IPv6 peer would count as not connected.
    [UnmanagedCallersOnly]
    private static int GetName(nint* layer, byte* address)
    {
        new Span<byte>(address, 16).Clear();
        address[0] = 2; // PR_AF_INET
        return 0;
    }

    // PRSocketOptionData: the option, then at 8 its value. PR_SockOpt_Nonblocking, 0, is the one that NSS asks for.
    [UnmanagedCallersOnly]
    private static int GetOption(nint* layer, int* data)
    {
        data[2] = data[0] == 0 ? 1 : 0;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int SetOption(nint* layer, int* data) => 0;

    private static int ReceiveCore(nint* layer, byte* buffer, int length)
    {
        int count = Engine(layer).GiveInput(new Span<byte>(buffer, length));
        if (count == EchEngine.NeedsInput) NssLibrary.Instance.SetError(WouldBlock, 0);
        return count;
    }

    private static int SendCore(nint* layer, byte* buffer, int length)
    {
        if (Engine(layer).TakeOutput(new ReadOnlySpan<byte>(buffer, length))) return length;
        NssLibrary.Instance.SetError(IoError, 0);
        return -1;
    }
}
