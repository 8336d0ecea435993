using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;

namespace MultiExit.Host;

/// <summary>Where the configuration of <c>run</c> comes from: a file, or URLs of the command line.</summary>
/// <param name="file">The file.</param>
/// <param name="listen">The URLs to listen on.</param>
/// <param name="forward">The URLs of the upstreams, the first hop first.</param>
/// <param name="parameters">The options beside the URLs in the notation of ech-tunnel; null: they are not in that notation.</param>
internal sealed class ConfigSource(string? file, IReadOnlyList<string> listen, IReadOnlyList<string> forward, EchTunnelParameters? parameters)
{
    /// <summary>The options that say where the configuration comes from and are given once.</summary>
    public static readonly string[] Single = ["--config", "-C", .. EchTunnelLetters.Single];

    /// <summary>Those that may be given several times.</summary>
    public static readonly string[] Many = ["--listen", "-L", "--forward", "-F", .. EchTunnelLetters.Many];

    /// <summary>Whether reading it again can give another configuration.</summary>
    public bool CanReload => file is not null;

    public static ConfigSource From(Options options)
    {
        if (options.Has("--config") && options.Has("-C")) throw new UsageException("run: -C says the same as --config; give one of them");
        var source = new ConfigSource(
            options.Single("--config") ?? options.Single("-C"), Listen(options), Forward(options), EchTunnelLetters.Read("run", options));
        return source.IsAmbiguous ? throw new UsageException("run: --config does not go together with --listen, --forward or letters") : source;
    }

    /// <summary>The URLs to listen on.</summary>
    public static IReadOnlyList<string> Listen(Options options) => [.. options.Many("--listen"), .. options.Many("-L"), .. options.Many("-l")];

    /// <summary>The URLs of the upstreams, in their order.</summary>
    public static IReadOnlyList<string> Forward(Options options) =>
        [.. options.Many("--forward"), .. options.Many("-F"), .. options.Single("-f") is { } letter ? new[] { letter } : []];

    public ConfigResult Load() => file is null ? ConfigLoader.FromUrlChain(listen, forward, parameters) : ConfigLoader.LoadFile(file);

    /// <summary>Writes every fault on its own line.</summary>
    public static ExitCode Report(ConfigResult result, TextWriter error)
    {
        foreach (ConfigError fault in result.Errors)
            error.WriteLine(fault);
        return ExitCode.InvalidConfiguration;
    }

    private bool IsAmbiguous => file is not null && (listen.Count > 0 || forward.Count > 0 || parameters is not null);
}
