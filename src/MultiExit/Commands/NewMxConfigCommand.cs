using System.Management.Automation;
using MultiExit.Engine.Templates;

namespace MultiExit.Commands;

/// <summary>New-MxConfig: writes a configuration to begin with, with comments and new keys.</summary>
[Cmdlet(VerbsCommon.New, "MxConfig", SupportsShouldProcess = true)]
[OutputType(typeof(string), typeof(FileInfo))]
public sealed class NewMxConfigCommand : NewFileCommand
{
    /// <summary>The template.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateSet("egress-pool", "tunnel-pair", "ech", "gateway")]
    public string Template { get; set; } = "";

    /// <summary>The folder, which is made where it is not there, or of a template with one document the file. Without it the documents go to the
    /// pipeline.</summary>
    [Parameter(Position = 1)]
    [Alias("LiteralPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Where clients come in.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Listen { get; set; }

    /// <summary>The server of a pair.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Server { get; set; }

    /// <summary>The name that observers see in place of the server's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PublicName { get; set; }

    /// <summary>The addresses that connections leave from.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Address { get; set; } = [];

    /// <summary>The networks and interfaces that clients come from.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] From { get; set; } = [];

    /// <summary>The users.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] User { get; set; } = [];

    /// <summary>Ask for what must be known and is not given.</summary>
    [Parameter]
    public SwitchParameter Interactive { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        TemplateRequest request = Request();
        if (Interactive) request = OrEnd(Template, () => Ask(request));
        IReadOnlyList<TemplateFile> files = OrEnd(Template, () => ConfigTemplates.Make(request));
        if (Path is null) WriteObject(files.Where(file => file.IsDocument).Select(file => file.Text), enumerateCollection: true);
        else Save(files);
    }

    private TemplateRequest Request() => new()
    {
        Template = Template, Listen = Listen, Server = Server, PublicName = PublicName, Addresses = Address, From = From, Users = User,
        HasFiles = Path is not null,
    };

    private TemplateRequest Ask(TemplateRequest request)
    {
        foreach (TemplateQuestion question in ConfigTemplates.Missing(request))
        {
            Host.UI.Write($"{question.Question}: ");
            string answer = (Host.UI.ReadLine() ?? "").Trim();
            string[] answers = answer.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            request = question.Parameter switch
            {
                nameof(Server) => request with { Server = answer },
                nameof(PublicName) => request with { PublicName = answer },
                nameof(From) => request with { From = answers },
                _ => request with { Addresses = answers },
            };
        }
        return request;
    }

    private void Save(IReadOnlyList<TemplateFile> files)
    {
        string full = OrEnd(Path, () => FullPath(Path!));
        string? only = IsDocument(full) ? full : null;
        if (only is not null && files.Count(file => file.IsDocument) > 1)
        {
            ThrowTerminatingError(NewError("PathNotFolder", ErrorCategory.InvalidArgument, Path,
                $"The template {Template} makes several files; expected a folder, and '{Path}' has the name of a file."));
        }
        string folder = only is null ? full : System.IO.Path.GetDirectoryName(full)!;
        (string Path, TemplateFile File)[] written = [.. files.Select(file =>
            (NewFile(file.IsDocument && only is not null ? only : System.IO.Path.Combine(folder, file.Name)), file))];
        if (!ShouldProcess(string.Join(", ", written.Select(file => file.Path)), "Write configuration")) return;

        OrEnd(Path, () => Directory.CreateDirectory(folder));
        Write(Force, [.. written.Select(file => (file.Path, file.File.Text, file.File.IsPrivate))]);
        foreach ((string path, _) in written) WriteObject(new FileInfo(path));
    }

    private static bool IsDocument(string path) => System.IO.Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml" or ".json";
}
