using System.Net;
using System.Security.Authentication;
using MultiExit.Engine.Protocols.Ech;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>The client side of TLS with ECH towards one server (RFC 9849 section 6.1): accepted, or no connection. The hidden name
/// is never sent in the clear.</summary>
/// <param name="backend">The library.</param>
/// <param name="certificates">Judges the server's certificates.</param>
/// <param name="server">The server, for messages.</param>
/// <param name="source">The source of the config to use.</param>
internal sealed class EchClient(IEchBackend backend, PeerCertificates certificates, string server, IEchConfigSource source)
{
    /// <summary>Dials the server and speaks TLS on the connection; when that fails, the connection is disposed.</summary>
    /// <param name="dial">Opens a connection to the server. Called a second time when the server wants another config.</param>
    /// <param name="innerName">The name to hide.</param>
    /// <param name="certificateName">The name that the certificate must be for.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="EchUnavailableException">There is no config, or the server has no ECH. The message names the server and what is
    /// wrong, here and below.</exception>
    /// <exception cref="AuthenticationException">The name cannot be hidden, or the server has no certificate that is trusted.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<DuplexStream> ConnectAsync(
        Func<CancellationToken, ValueTask<DuplexStream>> dial, string innerName, string certificateName, CancellationToken cancellationToken)
    {
        EchConfigResult found = await source.GetAsync(cancellationToken).ConfigureAwait(false);
        if (!found.Succeeded) throw Unavailable(found.Failure);
        EchConfig config = Checked(found.Config, innerName);
        try
        {
            return await AttemptAsync(dial, config, innerName, certificateName, cancellationToken).ConfigureAwait(false);
        }
        catch (EchRejectedException rejected)
        {
            // RFC 9849 section 6.1.6: on a new connection, once, and not to be kept for another.
            config = Checked(RetryConfig(rejected.RetryList), innerName);
        }
        try
        {
            return await AttemptAsync(dial, config, innerName, certificateName, cancellationToken).ConfigureAwait(false);
        }
        catch (EchRejectedException)
        {
            throw Unavailable("the server rejected ECH a second time, with the config that it had sent itself; its ECH keys may differ between its machines");
        }
    }

    private async ValueTask<DuplexStream> AttemptAsync(
        Func<CancellationToken, ValueTask<DuplexStream>> dial, EchConfig config, string innerName, string certificateName,
        CancellationToken cancellationToken)
    {
        DuplexStream inner = await dial(cancellationToken).ConfigureAwait(false);
        EchStream? stream = null;
        try
        {
            EchClientTask task = new(innerName, config.ToList(), (accepted, chain) => accepted
                ? certificates.Problem(certificateName, chain)
                : PublicNameProblem(config.PublicName, chain));
            stream = new EchStream(backend.CreateClient(task), inner);
            await stream.HandshakeAsync(cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch (Exception exception)
        {
            await (stream ?? inner).DisposeAsync().ConfigureAwait(false);
            if (exception is AuthenticationException or InvalidOperationException) throw Failure(exception.Message, exception);
            throw;
        }
    }

    private string? PublicNameProblem(string publicName, IReadOnlyList<byte[]> chain) =>
        certificates.PublicNameProblem(publicName, chain) is { } problem
            ? $"the server did not accept ECH, and does not prove to be the public name {publicName}: {problem}"
            : null;

    private EchConfig RetryConfig(byte[]? list)
    {
        if (list is null or []) throw Unavailable("the server does not accept ECH and sent no config to try instead; it has no ECH, or no longer");
        string? fault = EchConfigList.Parse(list, out EchConfigList? parsed);
        return parsed?.Usable
            ?? throw Unavailable($"the server rejected ECH, and of the configs that it sent instead none can be used: {fault ?? parsed!.WhyNot}");
    }

    private EchConfig Checked(EchConfig config, string innerName)
    {
        if (config.Unusable is { } reason) throw Failure($"the ECH config cannot be used: {reason}");
        if (!EchPublicName.IsValid(innerName) || IPAddress.TryParse(innerName, out _))
            throw Failure($"{innerName} cannot be hidden by ECH, because it is not a host name; give one as the server name");
        if (string.Equals(innerName, config.PublicName, StringComparison.OrdinalIgnoreCase))
            throw Failure($"the name to hide, {innerName}, is the public name of the ECH config, which everybody sees");
        return config;
    }

    private EchUnavailableException Unavailable(string problem) => new($"ECH with {server}: {problem}");

    private AuthenticationException Failure(string problem, Exception? inner = null) => new($"ECH with {server}: {problem}", inner);
}
