using System.Management.Automation;
using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Ech;
using MultiExit.Engine.Resolving;

namespace MultiExit.Commands;

/// <summary>Get-MxEchConfig: the ECH configs that a server publishes, explained.</summary>
[Cmdlet(VerbsCommon.Get, "MxEchConfig", DefaultParameterSetName = NameSet)]
[OutputType(typeof(MxEchConfig))]
public sealed class GetMxEchConfigCommand : MxCommand
{
    private const string NameSet = "Name";
    private const string Base64Set = "Base64";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The names whose HTTPS records are looked up.</summary>
    [Parameter(ParameterSetName = NameSet, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The resolver.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [ValidateNotNull]
    public Uri Doh { get; set; } = new("https://1.1.1.1/dns-query");

    /// <summary>The addresses of the resolver.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [ValidateNotNullOrEmpty]
    public IPAddress[] Bootstrap { get; set; } = [];

    /// <summary>The CAs that are trusted for the resolver.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [ValidateNotNullOrEmpty]
    public string? CaPath { get; set; }

    /// <summary>A list itself.</summary>
    [Parameter(ParameterSetName = Base64Set, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ConfigList")]
    [ValidateNotNullOrEmpty]
    public string Base64 { get; set; } = "";

    /// <summary>Files with lists; wildcards are resolved.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Files with lists, as they are written.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case NameSet:
                foreach (string name in Name)
                    LookUp(name);
                break;
            case Base64Set:
                Show("base64", Base64, EchConfigQuery.Parse(Base64, out EchConfigList? list), list);
                break;
            default:
                bool literal = ParameterSetName == LiteralPathSet;
                foreach (string path in literal ? LiteralPath : Path)
                {
                    bool isPattern = !literal && WildcardPattern.ContainsWildcardCharacters(path);
                    foreach (string file in ResolveFiles(path, literal))
                        ShowFile(file, isPattern ? file : path);
                }
                break;
        }
    }

    private void LookUp(string name)
    {
        DohConfig doh = new() { Url = Doh, Bootstrap = Bootstrap, CaFile = CaPath is null ? null : OrEnd(CaPath, () => ExistingFile(CaPath)) };
        WriteVerbose($"Asking {ShownUrl.Of(Doh.OriginalString)} for the HTTPS record of {name}.");
        EchQueryResult result;
        try
        {
            result = Await(token => EchConfigQuery.LookUpAsync(name, doh, token));
        }
        catch (ProxyException exception)
        {
            WriteError(NewError(exception, name));
            return;
        }
        if (result.Failure is { } failure)
        {
            WriteError(NewError(IdOf(result.Status), CategoryOf(result.Status), name, $"{failure}."));
            return;
        }
        if (!result.Records.Any(record => record.HasEch))
        {
            WriteError(NewError("NoEchParameter", ErrorCategory.ObjectNotFound, name,
                $"The HTTPS record of {name} has no ech parameter: the server does not offer ECH."));
        }
        foreach (EchServiceRecord record in result.Records.Where(record => record.HasEch))
            Show(name, name, record.Fault, record.Configs, record, result.Expires);
    }

    private void ShowFile(string file, string target)
    {
        try
        {
            Show(file, target, EchConfigQuery.ParseFile(file, out EchConfigList? list), list);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            WriteError(NewError(new MxException(PathNotFound, $"There is no file '{file}'.", exception), target));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            WriteError(NewError("FileNotRead", ErrorCategory.ReadError, target, $"The file '{file}' cannot be read: {exception.Message}", exception));
        }
    }

    private void Show(string source, string target, string? fault, EchConfigList? list, EchServiceRecord? record = null, DateTimeOffset? expires = null)
    {
        if (fault is not null)
        {
            WriteError(NewError("EchConfigInvalid", ErrorCategory.InvalidData, target, $"{source}: {fault}."));
            return;
        }
        foreach (EchConfig config in list!.Configs)
            WriteObject(new MxEchConfig(source, config, record, expires));
        if (list.WhyNot is not null) WriteWarning($"{source}: no client can use any of these configs.");
    }

    private static string IdOf(DnsStatus status) => status switch
    {
        DnsStatus.NoSuchName => "NameNotFound",
        DnsStatus.NoRecord => "NoHttpsRecord",
        DnsStatus.Expired => "EchRecordExpired",
        DnsStatus.Unreachable => "DohUnreachable",
        _ => "DohAnswerInvalid",
    };

    private static ErrorCategory CategoryOf(DnsStatus status) => status switch
    {
        DnsStatus.NoSuchName or DnsStatus.NoRecord => ErrorCategory.ObjectNotFound,
        DnsStatus.Unreachable => ErrorCategory.ConnectionError,
        _ => ErrorCategory.ProtocolError,
    };
}
