using System.Management.Automation;
using MultiExit.Engine.Configuration;

namespace MultiExit.Commands;

/// <summary>ConvertTo-MxConfig: makes a native document of URLs, or of the file of another program.</summary>
[Cmdlet(VerbsData.ConvertTo, "MxConfig", DefaultParameterSetName = PathSet)]
[OutputType(typeof(string))]
public sealed class ConvertToMxConfigCommand : ConfigFileCommand
{
    private const string UrlSet = "Url";

    /// <summary>Where to listen.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [ValidateNotNullOrEmpty]
    public string[] Listen { get; set; } = [];

    /// <summary>The hops that everything goes through.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [ValidateNotNullOrEmpty]
    public string[] Forward { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == UrlSet) Write(ConfigConverter.FromUrls(Listen, Forward), Array.ConvertAll([.. Listen, .. Forward], ShownUrl.Of));
        else base.ProcessRecord();
    }

    private protected override void Process(string file, string target) => Write(ConfigConverter.FromFile(file), target);

    private void Write(ConfigConversion conversion, object target)
    {
        if (conversion.Text is { } text) WriteObject(text);
        else WriteError(NewError(new ConfigResult(null, conversion.Errors, conversion.Dialect), target));
    }
}
