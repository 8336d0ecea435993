using System.Buffers;
using System.Globalization;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Remote;

/// <summary>How a host is reached by the ssh client of this machine.</summary>
/// <param name="Host">The name that ssh is given: a host name, an address, or an alias of its configuration.</param>
public sealed record SshTarget(string Host)
{
    /// <summary>What is expected of a host, for errors.</summary>
    public const string HostExpected =
        "a host name, an address or an alias of ssh's configuration: 1 to 253 letters, digits and . _ - : % (no . or - at the start)";

    /// <summary>What is expected of a user, for errors.</summary>
    public const string UserExpected = "1 to 64 letters, digits and . _ - (no . or - at the start)";

    /// <summary>What is expected of a program, for errors.</summary>
    public const string ProgramExpected = "the name or absolute path of a program, of letters, digits and . _ - + /";

    private const int MaxHost = 253;
    private const int MaxUser = 64;
    private static readonly SearchValues<char> HostCharacters = SearchValues.Create(Letters + ".-_:%");
    private static readonly SearchValues<char> UserCharacters = SearchValues.Create(Letters + ".-_");
    private static readonly SearchValues<char> ProgramCharacters = SearchValues.Create(Letters + ".-_+/");
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    /// <summary>The user there; null: ssh's configuration says.</summary>
    public string? User { get; init; }

    /// <summary>The port; null: ssh's configuration says.</summary>
    public int? Port { get; init; }

    /// <summary>The file of a private key; null: ssh's configuration says.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The file of ssh's configuration; null: the user's own.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>The program that is run there.</summary>
    public string Program { get; init; } = "multiexit";

    /// <summary>The control sockets there; empty: those of services.</summary>
    public IReadOnlyList<string> Sockets { get; init; } = [];

    /// <summary>How long the connection may take, until the servers there have been listed; at least 1 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether a text may be a host: nothing that ssh takes for an option, and nothing that a shell does.</summary>
    public static bool IsHost(string text) => IsWord(text, MaxHost, HostCharacters);

    /// <summary>Whether a text may be a user.</summary>
    public static bool IsUser(string text) => IsWord(text, MaxUser, UserCharacters);

    /// <summary>Whether a text may be a program.</summary>
    public static bool IsProgram(string text) => IsWord(text, MaxHost, ProgramCharacters);

    /// <summary>The arguments of ssh.</summary>
    /// <exception cref="ProxyException">A part is not what it has to be.</exception>
    public IReadOnlyList<string> GetArguments()
    {
        Check(IsHost(Host), $"the host {Shown(Host)} is none; expected {HostExpected}");
        Check(User is null || IsUser(User), $"the user is none; expected {UserExpected}");
        Check(IsProgram(Program), $"the program is none; expected {ProgramExpected}");
        Check(Port is null or (> 0 and <= ushort.MaxValue), "the port is none; expected 1 to 65535");
        int seconds = Math.Max(1, (int)Math.Ceiling(Timeout.TotalSeconds));
        List<string> arguments =
        [
            "-T", "-e", "none",
            // Nobody is there to be asked.
            "-o", "BatchMode=yes", "-o", string.Create(CultureInfo.InvariantCulture, $"ConnectTimeout={seconds}"),
            // A host that is gone is noticed within 15 s.
            "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=2",
            // The link alone: nothing of this machine is lent to the host, and no process stays behind.
            "-o", "ClearAllForwardings=yes", "-o", "ForwardAgent=no", "-o", "ForwardX11=no", "-o", "PermitLocalCommand=no", "-o", "ControlMaster=no",
            "-o", "RemoteCommand=none",
        ];
        if (ConfigFile is not null) arguments.AddRange(["-F", ConfigFile]);
        if (KeyFile is not null) arguments.AddRange(["-i", KeyFile]);
        if (User is not null) arguments.AddRange(["-l", User]);
        if (Port is { } port) arguments.AddRange(["-p", port.ToString(CultureInfo.InvariantCulture)]);
        return [.. arguments, "--", Host, string.Join(' ', [Program, "control", .. Sockets.SelectMany(path => (string[])["--socket", Quote(path)])])];
    }

    /// <inheritdoc/>
    public override string ToString() => Host;

    private static bool IsWord(string text, int max, SearchValues<char> characters) =>
        text.Length > 0 && text.Length <= max && text[0] is not ('-' or '.') && !text.AsSpan().ContainsAnyExcept(characters);

    // The far side's shell takes the command apart.
    private static string Quote(string path)
    {
        Check(path.Length > 0 && path[0] == '/' && !path.Any(char.IsControl), "a control socket is no absolute path");
        return $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    private static string Shown(string host) => Configuration.Reading.ErrorText.Quote(host);

    private static void Check(bool isRight, string message)
    {
        if (!isRight) throw new ProxyException(ProxyError.InvalidConfiguration, message);
    }
}
