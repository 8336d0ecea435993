using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>A network namespace that goes away with its object.</summary>
internal sealed class NamespaceHost : IDisposable
{
    public NamespaceHost(string name)
    {
        Name = name;
        Command.Do($"ip netns add {name}");
        Do("ip link set lo up");
    }

    public string Name { get; }

    /// <summary>Runs a command in it.</summary>
    public string Do(string words) => Command.Do($"ip netns exec {Name} {words}");

    /// <summary>Writes a kernel setting of it.</summary>
    public void Set(string path, string value)
    {
        (int exitCode, _, string error) = Command.Run("ip", "netns", "exec", Name, "sh", "-c", $"echo {value} > /proc/sys/net/{path}");
        if (exitCode != 0) throw new InvalidOperationException(error);
    }

    /// <summary>Runs <c>multiexit</c> in it, with variables of the environment or behind another command.</summary>
    public (int ExitCode, string Output, string Error) MultiExit(string[] before, params string[] arguments) =>
        Command.Run("ip", ["netns", "exec", Name, "env", $"DOTNET_ROOT={HostProcess.DotnetRoot}", .. before, HostProcess.Program, .. arguments]);

    /// <summary>Makes a socket in it; a socket stays where it was made.</summary>
    public T Make<T>(Func<T> make) => NetworkNamespace.Run(Name, make);

    public void Dispose() => Command.Run("ip", "netns", "del", Name);
}
