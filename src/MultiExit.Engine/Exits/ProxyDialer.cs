using System.Security.Authentication;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits;

/// <summary>Reaches an upstream proxy: dials it through another exit and speaks TLS where configured. What all exits through proxies share.</summary>
internal sealed class ProxyDialer(ProxyExitConfig config, IExit via, TlsClient? tls)
{
    /// <summary>True when the connections are encrypted.</summary>
    public bool HasTls => tls is not null;

    /// <summary>Opens a connection to the proxy.</summary>
    /// <param name="context">On whose behalf; the proxy is reached whatever the policy for private destinations.</param>
    /// <param name="cancellationToken">The attempt's time-out and the caller's token in one.</param>
    /// <returns>The connection, with the exit that dialed it as <see cref="DialResult.Exit"/>. A failure is never the target's.</returns>
    public async ValueTask<DialResult> ConnectAsync(DialContext context, CancellationToken cancellationToken)
    {
        DialResult dialed = default;
        try
        {
            DuplexStream connection = tls is null
                ? await ReachAsync(cancellationToken).ConfigureAwait(false)
                : await tls.ConnectAsync(ReachAsync, cancellationToken).ConfigureAwait(false);
            return DialResult.Success(connection, dialed.LocalEndPoint, dialed.Exit!);
        }
        catch (DialException exception)
        {
            return DialResult.Failed(DialFailure.ProxyUnreachable, $"{config.Name}: the proxy {config.Server} cannot be reached: {exception.Message}");
        }
        catch (AuthenticationException exception)
        {
            return DialResult.Failed(DialFailure.ProxyProtocolError, $"{config.Name}: {exception.Message}");
        }
        catch (IOException exception)
        {
            return DialResult.Failed(DialFailure.ProxyUnreachable, $"{config.Name}: TLS with {config.Server}: {exception.Message}");
        }

        async ValueTask<DuplexStream> ReachAsync(CancellationToken token)
        {
            dialed = await via.DialAsync(config.Server, context.ForProxyServer(), token).ConfigureAwait(false);
            return dialed.ConnectionOrThrow();
        }
    }
}
