using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;

namespace MultiExit.Engine.DataPath;

/// <summary>The users of an inbound. Immutable; checks credentials in constant time.</summary>
internal sealed class UserTable
{
    private readonly Dictionary<string, Secret> _users;
    // Compared with when the user is unknown, so that a wrong name takes as long as a wrong password.
    private readonly Secret _nobody = Secret.Random();

    public UserTable(IEnumerable<UserConfig> users) =>
        _users = users.ToDictionary(user => user.Name, user => user.Password, StringComparer.Ordinal);

    /// <summary>True when no credentials are asked for.</summary>
    public bool IsEmpty => _users.Count == 0;

    /// <summary>Checks credentials as they came over the wire (UTF-8).</summary>
    /// <returns>The user's name, or null.</returns>
    public string? Authenticate(ReadOnlySpan<byte> name, ReadOnlySpan<byte> password)
    {
        string text = Encoding.UTF8.GetString(name);
        bool known = _users.TryGetValue(text, out Secret? secret);
        bool matches = (secret ?? _nobody).Matches(password);
        return known && matches ? text : null;
    }
}
