using System.Text;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>Gives inbounds and exits that are made from URLs the secrets that stand beside the URLs.</summary>
internal sealed class UrlLogins(UrlSecrets secrets, ReadContext context)
{
    private const string Twice = "the URL names a user already; expected one of them";
    private readonly ErrorList _errors = context.Errors;
    private bool _listens;
    private bool _forwards;
    private bool _tunnels;

    /// <summary>The users of an inbound; null for none.</summary>
    /// <param name="type">The inbound's type.</param>
    /// <param name="url">Its URL; null for the embedded default.</param>
    /// <param name="place">Where the URL stands.</param>
    public ConfigNode? UsersOf(string type, EndpointUrl? url, SourcePlace place)
    {
        UserConfig? login = context.Schema.Inbound(type)?.HasUsers == true ? secrets.ListenLogin : null;
        _listens |= login is not null;
        if (url?.User is null) return login is null ? null : User(At("credential"), login.Name, Literal(At("credential"), login.Password));
        if (login is not null) _errors.Add(place, Twice);
        if (url.Password is null) _errors.Add(place, "the URL has a user without a password; expected scheme://user:password@address:port");
        return User(place, url.User, new ScalarNode(place, url.Password ?? "", IsPlain: false));
    }

    /// <summary>Adds the user of an upstream proxy.</summary>
    public void AddLogin(NodeBuilder exit, EndpointUrl url, SourcePlace place)
    {
        if (secrets.ForwardLogin is not { } login) return;
        _forwards = true;
        if (url.User is not null) _errors.Add(place, Twice);
        else exit.Add("username", new ScalarNode(At("forward_credential"), login.Name, IsPlain: false))
            .Add("password", Literal(At("forward_credential"), login.Password));
    }

    /// <summary>The pre-shared key of a tunnel; null for none.</summary>
    public ConfigNode? TunnelKey()
    {
        if (secrets.TunnelKey is not { } key) return null;
        _tunnels = true;
        return Literal(At("preshared_key"), key);
    }

    /// <summary>Refuses secrets that no URL has a use for.</summary>
    public void Finish()
    {
        if (secrets.ListenLogin is not null && !_listens)
        {
            string types = Schemes(type => context.Schema.Inbound(type)?.HasUsers == true);
            _errors.Add(At("credential"), $"is for clients to log in; expected a listen URL of a type that takes logins: {types}");
        }
        if (secrets.ForwardLogin is not null && !_forwards)
        {
            string types = Schemes(type => context.Schema.Exit(type)?.HasLogin == true);
            _errors.Add(At("forward_credential"), $"is for logging in at a proxy; expected a forward URL of the type {types}");
        }
        if (secrets.TunnelKey is not null && !_tunnels) _errors.Add(At("preshared_key"), "is for a tunnel; expected a listen or forward URL tunnel://");
    }

    private string Schemes(Func<string, bool> choice)
    {
        string[] schemes = [.. context.Schema.SchemesOf(choice, tls: false)];
        return $"{string.Join(", ", schemes[..^1])} or {schemes[^1]}";
    }

    private static MapNode User(SourcePlace place, string name, ScalarNode password) =>
        new NodeBuilder(place).Add(name, new NodeBuilder(place).Add("password", password).Build()).Build();

    // A login without a password is refused as one with an empty password is.
    private static ScalarNode Literal(SourcePlace place, Secret? secret) =>
        new(place, secret is null ? "" : Encoding.UTF8.GetString(secret.Reveal()), IsPlain: false);

    private static SourcePlace At(string name) => new(0, 0, name);
}
