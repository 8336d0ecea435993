using System.Management.Automation;

namespace MultiExit.Commands;

/// <summary>The common part of the cmdlets that work on configuration files, one after the other.</summary>
public abstract class ConfigFileCommand : MxCommand
{
    private protected const string PathSet = "Path";
    private protected const string LiteralPathSet = "LiteralPath";

    /// <summary>The files; wildcards are resolved.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [Alias("Config")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The files, as they are written.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in ParameterSetName == PathSet ? Path : LiteralPath)
        {
            foreach (string file in ResolveFiles(path, ParameterSetName != PathSet || IsNamed(path), mustMatch: true))
                ProcessOne(file, path);
        }
    }

    /// <summary>Works on an existing file; an exception becomes an error of that file.</summary>
    private protected abstract void Process(string file, string target);

    // An object names one file, and its name may have brackets: Get-MxServer | Test-MxConfig.
    private bool IsNamed(string path) => IsPiped(nameof(Path), Path) && IsFile(path);

    private void ProcessOne(string file, string target)
    {
        if (!File.Exists(file))
        {
            WriteError(NewError(new MxException(PathNotFound, $"There is no file '{file}'."), target));
            return;
        }

        try
        {
            Process(file, target);
        }
        catch (Exception exception) when (exception is not PipelineStoppedException)
        {
            WriteError(NewError(exception, target));
        }
    }
}
