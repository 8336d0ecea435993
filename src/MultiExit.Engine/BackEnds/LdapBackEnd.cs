using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Ldap;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.BackEnds;

/// <summary>Binds at a directory as the user (RFC 4511, 4513): by a DN made of the name, or after a search for it. Each question has a connection of its
/// own, since a bind changes whose connection it is.</summary>
internal sealed class LdapBackEnd : IBackEnd
{
    private readonly LdapAuthConfig _config;
    private readonly BackEndConnect _connect;
    private readonly DnsEndPoint _server;

    /// <param name="config">What is configured of it.</param>
    /// <param name="connect">Connects to it.</param>
    /// <exception cref="ProxyException">The CA file cannot be read (<see cref="ProxyError.CertificateUnreadable"/>).</exception>
    public LdapBackEnd(LdapAuthConfig config, BackEndConnect connect)
    {
        _config = config;
        _connect = connect;
        string host = config.Url.IdnHost.Trim('[', ']');
        _server = new DnsEndPoint(host, config.Port);
        if (!config.IsTls && !config.StartTls) return;
        Destination server = Destination.TryFromHost(host, config.Port, out Destination? found) ? found
            : throw new ProxyException(ProxyError.InvalidConfiguration, $"{config.Place} is no server that can be reached");
        Tls = new TlsClient(new TlsClientConfig { CaFile = config.CaFile }, server);
    }

    /// <inheritdoc/>
    public int MaxAtOnce => 16;

    /// <inheritdoc/>
    public bool LooksAtClient => false;

    /// <summary>TLS towards it; null: there is none.</summary>
    public TlsClient? Tls { get; }

    /// <inheritdoc/>
    public async Task<BackEndAnswer> AskAsync(BackEndQuestion question, CancellationToken cancellationToken)
    {
        // An empty password would bind as nobody, which servers call a success.
        if (question.Name is not { } name || question.Secret.IsEmpty) return BackEndAnswer.Denied;
        try
        {
            LdapConnection connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                return await AskAsync(connection, name, question.Secret, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or ProtocolViolationException
            or ProxyException or System.Net.Sockets.SocketException)
        {
            return BackEndAnswer.Unavailable(exception.GetBaseException().Message);
        }
    }

    // What is said before it knows of whom is said to anybody; an answer that is none may be one to this login alone.
    private async ValueTask<BackEndAnswer> AskAsync(
        LdapConnection connection, string name, ReadOnlyMemory<byte> password, CancellationToken cancellationToken)
    {
        try
        {
            return _config.UserDn is { } template
                ? await ByTemplateAsync(connection, template, name, password, cancellationToken).ConfigureAwait(false)
                : await BySearchAsync(connection, name, password, cancellationToken).ConfigureAwait(false);
        }
        catch (ProtocolViolationException exception)
        {
            return BackEndAnswer.Unusable(exception.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private async ValueTask<BackEndAnswer> ByTemplateAsync(
        LdapConnection connection, string template, string name, ReadOnlyMemory<byte> password, CancellationToken cancellationToken)
    {
        string dn = template.Replace(LdapAuthConfig.UserMark, LdapDn.Escape(name), StringComparison.Ordinal);
        if (await BindAsync(connection, dn, password, cancellationToken).ConfigureAwait(false) is { } refused) return refused;
        IReadOnlyList<string> groups = [];
        if (_config.Groups is { Attribute: { } attribute })
        {
            // By the user's own rights.
            (LdapResultCode code, string text, IReadOnlyList<LdapEntry> entries) =
                await connection.SearchAsync(dn, LdapScope.Base, "(objectClass=*)", [attribute], 1, cancellationToken).ConfigureAwait(false);
            if (code != LdapResultCode.Success) return NotDone("the entry of the user cannot be read", code, text);
            groups = GroupsIn(entries, attribute);
        }
        else if (_config.Groups is { } searched)
        {
            (groups, BackEndAnswer? fault) = await SearchGroupsAsync(connection, searched, name, dn, cancellationToken).ConfigureAwait(false);
            if (fault is not null) return fault;
        }
        return BackEndAnswer.Allowed(new BackEndUser(NameOf(name)) { Groups = groups });
    }

    private async ValueTask<BackEndAnswer> BySearchAsync(
        LdapConnection connection, string name, ReadOnlyMemory<byte> password, CancellationToken cancellationToken)
    {
        if (await BindAsSearcherAsync(connection, cancellationToken).ConfigureAwait(false) is { } noSearch) return noSearch;
        string filter = _config.Filter.Replace(LdapAuthConfig.UserMark, LdapFilter.Escape(name), StringComparison.Ordinal);
        string[] attributes = _config.Groups?.Attribute is { } attribute ? [attribute] : [];
        (LdapResultCode code, string text, IReadOnlyList<LdapEntry> found) =
            await connection.SearchAsync(_config.Base!, LdapScope.Subtree, filter, attributes, 2, cancellationToken).ConfigureAwait(false);
        if (found.Count > 1 || code == LdapResultCode.SizeLimitExceeded) return BackEndAnswer.Unusable("its search finds several entries for one name");
        if (code != LdapResultCode.Success) return NotDone("the search for the user fails", code, text);
        if (found.Count == 0)
        {
            // As many steps as for a user that there is.
            string nobody = $"cn=nobody-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))},{_config.Base}";
            await connection.BindAsync(nobody, password, cancellationToken).ConfigureAwait(false);
            return BackEndAnswer.Denied;
        }
        if (await BindAsync(connection, found[0].Dn, password, cancellationToken).ConfigureAwait(false) is { } refused) return refused;
        if (_config.Groups is null) return BackEndAnswer.Allowed(new BackEndUser(NameOf(name)));
        if (_config.Groups.Attribute is { } ofUser) return BackEndAnswer.Allowed(new BackEndUser(NameOf(name)) { Groups = GroupsIn(found, ofUser) });
        if (await BindAsSearcherAsync(connection, cancellationToken).ConfigureAwait(false) is { } noGroups) return noGroups;
        (IReadOnlyList<string> groups, BackEndAnswer? fault) =
            await SearchGroupsAsync(connection, _config.Groups, name, found[0].Dn, cancellationToken).ConfigureAwait(false);
        return fault ?? BackEndAnswer.Allowed(new BackEndUser(NameOf(name)) { Groups = groups });
    }

    // Directories take names without regard to case and to blanks around them: ALICE is alice, with one quota and the same rules.
    private static string NameOf(string typed) => string.Join(' ', typed.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();

    // Null: the user is who it says.
    private static async ValueTask<BackEndAnswer?> BindAsync(
        LdapConnection connection, string dn, ReadOnlyMemory<byte> password, CancellationToken cancellationToken)
    {
        (LdapResultCode code, string text) = await connection.BindAsync(dn, password, cancellationToken).ConfigureAwait(false);
        if (code == LdapResultCode.Success) return null;
        return LdapResults.IsDenial(code) ? BackEndAnswer.Denied : NotDone("the bind of the user fails", code, text);
    }

    // Null: it may search. Without a DN anybody may, and a connection that nobody has bound is anybody's.
    private async ValueTask<BackEndAnswer?> BindAsSearcherAsync(LdapConnection connection, CancellationToken cancellationToken)
    {
        if (_config.BindDn is not { } dn) return null;
        byte[] password = _config.BindPassword!.Reveal().ToArray();
        (LdapResultCode code, string text) = await connection.BindAsync(dn, password, cancellationToken).ConfigureAwait(false);
        CryptographicOperations.ZeroMemory(password);
        // Nobody can be looked for then, whoever it is.
        return code == LdapResultCode.Success ? null
            : BackEndAnswer.Unavailable($"the bind of `bind_dn` fails: {LdapResults.Describe(code, text)}");
    }

    private static async ValueTask<(IReadOnlyList<string> Groups, BackEndAnswer? Fault)> SearchGroupsAsync(
        LdapConnection connection, LdapGroupsConfig config, string name, string dn, CancellationToken cancellationToken)
    {
        string filter = config.Filter.Replace(LdapGroupsConfig.DnMark, LdapFilter.Escape(dn), StringComparison.Ordinal)
            .Replace(LdapAuthConfig.UserMark, LdapFilter.Escape(name), StringComparison.Ordinal);
        (LdapResultCode code, string text, IReadOnlyList<LdapEntry> entries) = await connection.SearchAsync(
            config.Base!, LdapScope.Subtree, filter, [config.NameAttribute], BackEndUser.MaxGroups, cancellationToken).ConfigureAwait(false);
        return code == LdapResultCode.Success ? (GroupsIn(entries, config.NameAttribute), null)
            : ([], NotDone("the search for the groups of a user fails", code, text));
    }

    // Names that can be no group of a route are left out.
    private static string[] GroupsIn(IEnumerable<LdapEntry> entries, string attribute) =>
    [
        .. entries.SelectMany(entry => entry.Attributes.GetValueOrDefault(attribute.ToLowerInvariant(), []))
            .Select(LdapDn.FirstValue).OfType<string>().Where(NameText.IsValid).Distinct(StringComparer.Ordinal).Take(BackEndUser.MaxGroups),
    ];

    private async ValueTask<LdapConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        DuplexStream stream = Tls is null ? await _connect(_server, cancellationToken).ConfigureAwait(false)
            : await Tls.ConnectAsync(DialAsync, cancellationToken).ConfigureAwait(false);
        return new LdapConnection(stream);
    }

    private async ValueTask<DuplexStream> DialAsync(CancellationToken cancellationToken)
    {
        DuplexStream stream = await _connect(_server, cancellationToken).ConfigureAwait(false);
        if (!_config.StartTls) return stream;
        try
        {
            await LdapConnection.StartTlsAsync(stream, cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static BackEndAnswer NotDone(string what, LdapResultCode code, string text)
    {
        string reason = $"{what}: {LdapResults.Describe(code, text)}";
        return LdapResults.IsOutage(code) ? BackEndAnswer.Unavailable(reason) : BackEndAnswer.Unusable(reason);
    }
}
