using MultiExit.Engine.BackEnds;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Server;

/// <summary>The back-ends of a server. One that a reload does not change stays, with the answers that it has given. Used under the configuration
/// lock.</summary>
internal sealed class BackEndSet(BackEndParts parts) : IDisposable
{
    private IReadOnlyDictionary<AuthConfig, IUserSource> _inForce = new Dictionary<AuthConfig, IUserSource>();

    /// <summary>Those in force.</summary>
    public IReadOnlyDictionary<AuthConfig, IUserSource> InForce => _inForce;

    /// <summary>Makes those of a configuration that is to be put in force; this is where one can be at fault.</summary>
    /// <exception cref="ProxyException">A file or a library is missing, or not valid.</exception>
    public IReadOnlyDictionary<AuthConfig, IUserSource> Build(GatewayConfig config)
    {
        Dictionary<AuthConfig, IUserSource> sources = [];
        try
        {
            foreach (AuthConfig auth in config.Inbounds.Select(inbound => inbound.Auth).OfType<AuthConfig>().Distinct())
            {
                if (!_inForce.TryGetValue(auth, out IUserSource? kept)) sources[auth] = Create(auth, config.Name);
                else
                {
                    // Its files may have changed along with the configuration.
                    foreach (IFromFiles files in FilesOf(kept)) files.Refresh();
                    sources[auth] = kept;
                }
            }
            return sources;
        }
        catch
        {
            GiveUp(sources);
            throw;
        }
    }

    /// <summary>Those that were built are not put in force.</summary>
    public void GiveUp(IReadOnlyDictionary<AuthConfig, IUserSource> built)
    {
        foreach (IUserSource source in built.Values.Except(_inForce.Values)) source.Dispose();
    }

    /// <summary>Puts them in force.</summary>
    public void Use(IReadOnlyDictionary<AuthConfig, IUserSource> built)
    {
        IEnumerable<IUserSource> left = _inForce.Values.Except(built.Values);
        _inForce = built;
        foreach (IUserSource source in left) source.Dispose();
    }

    /// <summary>What of them is made of files.</summary>
    public IEnumerable<IFromFiles> Files => _inForce.Values.SelectMany(FilesOf);

    /// <inheritdoc/>
    public void Dispose() => Use(new Dictionary<AuthConfig, IUserSource>());

    private static IEnumerable<IFromFiles> FilesOf(IUserSource source) => source switch
    {
        IFromFiles files => [files],
        BackEndAsks { Files: { } files } => [files],
        _ => [],
    };

    private IUserSource Create(AuthConfig auth, string server)
    {
        switch (auth)
        {
            case FileAuthConfig file:
                return new FileUsers(file, parts.Passwords, parts.Time) { TakenBack = parts.TakenBack };
            case HttpAuthConfig http:
                HttpBackEnd asked = new(http, server, parts.Connect);
                return Asks(auth, asked, asked);
            case LdapAuthConfig ldap:
                LdapBackEnd directory = new(ldap, parts.Connect);
                return Asks(auth, directory, directory.Tls);
            case PamAuthConfig pam:
                return Asks(auth, new PamBackEnd(pam), null);
            default:
                throw new ProxyException(ProxyError.InvalidConfiguration, $"{auth.Name}: this server has no back-end of the type {auth.Type}");
        }
    }

    private BackEndAsks Asks(AuthConfig auth, IBackEnd backEnd, IFromFiles? files) => new(auth, backEnd, parts.Time, new BackEndHealth(parts.Time)
    {
        Away = (reason, since) => parts.Log?.BackEndAway(auth.Name, auth.Place, reason, since),
        Back = away => parts.Log?.BackEndBack(auth.Name, auth.Place, away),
        Asked = (verdict, took) => parts.Asked?.Invoke(auth, verdict, took),
    })
    {
        Files = files, Check = parts.Check, TakenBack = parts.TakenBack,
    };
}
