using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace MultiExit.Cmdlets.Tests.Support;

/// <summary>A PowerShell session with the module of this checkout.</summary>
internal sealed class Session : IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>The folder of the checkout.</summary>
    public static readonly string RepositoryRoot = typeof(Session).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    public static readonly string Manifest = Path.Combine(RepositoryRoot, "MultiExit.psd1");

    private readonly Runspace _runspace;

    public Session()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Manifest]);
        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.Open();
    }

    /// <summary>A pipeline to run or to stop.</summary>
    public PowerShell Create(string script)
    {
        var shell = PowerShell.Create();
        shell.Runspace = _runspace;
        return shell.AddScript(script);
    }

    /// <summary>Runs to the end; errors of items do not throw.</summary>
    public (IReadOnlyList<PSObject> Output, IReadOnlyList<ErrorRecord> Errors) Run(string script)
    {
        using PowerShell shell = Create(script);
        return ([.. shell.Invoke()], [.. shell.Streams.Error]);
    }

    /// <summary>Runs a script that ends with a terminating error.</summary>
    public ErrorRecord Fail(string script)
    {
        using PowerShell shell = Create("$ErrorActionPreference = 'Stop'; " + script);
        return Assert.ThrowsAny<RuntimeException>(() => shell.Invoke()).ErrorRecord;
    }

    public void Dispose() => _runspace.Dispose();
}
