using System.Runtime.InteropServices;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.BackEnds;

/// <summary>The functions of Linux-PAM, all found before the first is called.</summary>
/// <remarks>Nothing is ever unloaded: modules may have left threads behind.</remarks>
internal sealed unsafe class PamLibrary
{
    private const string Name = "libpam.so.0";

    private static readonly Lazy<PamLibrary> Loaded = new(() => new PamLibrary());

    private PamLibrary()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad(Name, out nint library))
            throw new ProxyException(ProxyError.MissingLibrary, $"`auth.pam` needs {Name}, which this system does not have (Debian: libpam0g)");
        Start = (delegate* unmanaged<byte*, byte*, PamConversation.Record*, nint*, int>)Find(library, "pam_start");
        End = (delegate* unmanaged<nint, int, int>)Find(library, "pam_end");
        SetItem = (delegate* unmanaged<nint, int, void*, int>)Find(library, "pam_set_item");
        GetItem = (delegate* unmanaged<nint, int, void**, int>)Find(library, "pam_get_item");
        Authenticate = (delegate* unmanaged<nint, int, int>)Find(library, "pam_authenticate");
        CheckAccount = (delegate* unmanaged<nint, int, int>)Find(library, "pam_acct_mgmt");
        Describe = (delegate* unmanaged<nint, int, byte*>)Find(library, "pam_strerror");
    }

    public delegate* unmanaged<byte*, byte*, PamConversation.Record*, nint*, int> Start { get; }

    public delegate* unmanaged<nint, int, int> End { get; }

    public delegate* unmanaged<nint, int, void*, int> SetItem { get; }

    public delegate* unmanaged<nint, int, void**, int> GetItem { get; }

    public delegate* unmanaged<nint, int, int> Authenticate { get; }

    public delegate* unmanaged<nint, int, int> CheckAccount { get; }

    public delegate* unmanaged<nint, int, byte*> Describe { get; }

    /// <summary>The library.</summary>
    /// <exception cref="ProxyException">The system does not have it (<see cref="ProxyError.MissingLibrary"/>).</exception>
    public static PamLibrary Require() => Loaded.Value;

    private static nint Find(nint library, string function) => NativeLibrary.TryGetExport(library, function, out nint address) ? address
        : throw new ProxyException(ProxyError.MissingLibrary, $"{Name} has no {function}, which `auth.pam` needs");
}
