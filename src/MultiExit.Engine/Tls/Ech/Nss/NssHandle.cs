using System.Runtime.InteropServices;

namespace MultiExit.Engine.Tls.Ech.Nss;

/// <summary>A certificate or key of NSS, given back when no object refers to it any more.</summary>
internal sealed unsafe class NssHandle : SafeHandle
{
    private readonly delegate* unmanaged<nint, void> _destroy;

    public NssHandle(nint value, delegate* unmanaged<nint, void> destroy) : base(0, ownsHandle: true)
    {
        _destroy = destroy;
        SetHandle(value);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The pointer; the caller keeps this object alive while it is used.</summary>
    public nint Value => handle;

    protected override bool ReleaseHandle()
    {
        _destroy(handle);
        return true;
    }
}
