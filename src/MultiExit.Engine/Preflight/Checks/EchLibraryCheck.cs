using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Preflight.Checks;

/// <summary>The native library for Encrypted Client Hello, where something needs it.</summary>
internal sealed class EchLibraryCheck() : QuickCheck("ech-library")
{
    protected override IEnumerable<PreflightResult> Look(PreflightContext context)
    {
        string[] users = [.. Users(context.Config)];
        yield return users.Length == 0 ? Skip("nothing needs one") : Find(context, users);
    }

    private PreflightResult Find(PreflightContext context, string[] users)
    {
        try
        {
            return Ok($"{context.EchLibrary()} for {users[0]}{(users.Length == 1 ? "" : $" and {users.Length - 1} more")}");
        }
        catch (ProxyException exception)
        {
            return Fail($"{users[0]}: {exception.Message}", "apt install libnss3 (Debian, Ubuntu), dnf install nss, apk add nss; or OpenSSL 4");
        }
    }

    private static IEnumerable<string> Users(GatewayConfig config) =>
        config.Inbounds.Where(inbound => HasKeys(inbound.Tls)).Select(inbound => $"inbound {inbound.Name}")
            .Concat(HasKeys(config.Dashboard?.Tls) ? ["the dashboard"] : [])
            .Concat(config.Exits.Where(exit => exit.Hiding is not null).Select(exit => $"exit {exit.Name}"));

    private static bool HasKeys(TlsServerConfig? tls) => tls is { EchKeyFiles.Count: > 0 };
}
