using System.Globalization;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Preflight.Checks;

/// <summary>How many days each certificate has left.</summary>
internal sealed class CertificateDaysCheck() : QuickCheck("certificates")
{
    private const string Renew = "renew it; a server reads the new files by itself";

    protected override IEnumerable<PreflightResult> Look(PreflightContext context)
    {
        int count = 0;
        foreach ((string what, TlsServerConfig tls) in Of(context.Config))
        {
            count++;
            yield return Judge(what, tls, context.Time);
        }
        if (count == 0) yield return Skip("the configuration has no certificate");
    }

    private PreflightResult Judge(string what, TlsServerConfig tls, TimeProvider time)
    {
        if (tls.SelfSigned) return Ok($"{what}: made at every start");
        try
        {
            TlsServer server = new(tls, time);
            DateTimeOffset now = time.GetUtcNow();
            string days = string.Create(CultureInfo.InvariantCulture,
                $"{what}: {(server.NotAfter - now).TotalDays:0} days left, until {server.NotAfter.UtcDateTime:yyyy-MM-dd}");
            return server.ProblemAt(now) is not { } problem ? Ok(days)
                : now > server.NotAfter || now < server.NotBefore ? Fail($"{what}: {problem}", Renew)
                : Warn($"{days}: {problem}", Renew);
        }
        catch (ProxyException exception)
        {
            return Fail($"{what}: {exception.Message}", "put the certificate chain and its key there, as PEM files that the server's user can read");
        }
    }

    // Without the rest of TLS, which has checks of its own.
    private static IEnumerable<(string What, TlsServerConfig Tls)> Of(GatewayConfig config)
    {
        foreach (InboundConfig inbound in config.Inbounds)
            if (inbound.Tls is { } tls) yield return ($"inbound {inbound.Name}", Bare(tls));
        if (config.Dashboard?.Tls is { } own) yield return ("the dashboard", Bare(own));
        foreach (ExitConfig exit in config.Exits)
            if (exit.OwnTls is { CertificateFile: { } file, KeyFile: { } key })
                yield return ($"exit {exit.Name}", new TlsServerConfig { CertificateFile = file, KeyFile = key });
    }

    private static TlsServerConfig Bare(TlsServerConfig tls) => tls with { EchKeyFiles = [], Clients = null };
}
