using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;
using MultiExit.Engine.Services;

namespace MultiExit.Engine.Preflight.Checks;

/// <summary>Whether each port can be listened on, and who holds it otherwise. It is bound for an instant.</summary>
internal sealed class PortCheck() : QuickCheck("ports")
{
    protected override IEnumerable<PreflightResult> Look(PreflightContext context)
    {
        IReadOnlyList<ConfiguredListener> listeners = ConfiguredListener.Of(context.Config);
        if (context.IsRunning)
        {
            yield return Ok($"the server listens on {listeners.Count} of its own");
            yield break;
        }
        int free = 0;
        foreach (ConfiguredListener listener in listeners)
        {
            if (Try(context, listener) is not { } failure) free++;
            else if (failure.Reason == ProxyError.AddressInUse) yield return Held(context, listener);
            else yield return Fail($"{listener}: {failure.Message}", ActionFor(failure.Reason));
        }
        if (free == listeners.Count) yield return Ok(free == 1 ? $"{listeners[0].EndPoint} is free" : $"all {free} are free");
    }

    private static ProxyException? Try(PreflightContext context, ConfiguredListener listener)
    {
        try
        {
            if (listener.IsUdp) ListenerBinding.BindUdp(context.Transport, listener.EndPoint).Dispose();
            else ListenerBinding.Bind(context.Transport, listener.EndPoint).Dispose();
            return null;
        }
        catch (ProxyException exception)
        {
            return exception;
        }
    }

    private PreflightResult Held(PreflightContext context, ConfiguredListener listener)
    {
        if (PortHolders.Find(context.Files, listener.EndPoint, listener.IsUdp) is not { } holder)
            return Fail($"{listener}: another program has the port, and this user may not see which",
                $"run it as root, or: sudo ss -{(listener.IsUdp ? "u" : "t")}lnp 'sport = :{listener.EndPoint.Port}'");
        return holder.IsMultiExit
            ? Warn($"{listener}: {holder} has the port, which may be the server of this very configuration",
                "look at that server itself: Test-MxServer -Socket PATH; or stop it")
            : Fail($"{listener}: {holder} has the port", $"stop it (systemctl status {holder.ProcessId} names its unit), or choose another port");
    }

    private static string ActionFor(ProxyError reason) => reason switch
    {
        ProxyError.PermissionDenied => "run as root, or give the service CAP_NET_BIND_SERVICE (Install-MxService does)",
        ProxyError.AddressNotAvailable => "ip address add, or an address that this host has (ip -brief address)",
        _ => "the message is the system's; choose another address or port",
    };
}
