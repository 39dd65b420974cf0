"""Reports: notebooks run and rendered, HTML, PDF, Excel, manifest."""
